"""What silently ruins training, caught before it: `posenet scene check`."""
