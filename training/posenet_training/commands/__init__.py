"""The commands of `posenet`, a module a group; they parse, call and print, nothing else."""
