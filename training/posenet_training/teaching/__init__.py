"""From a drive to a model file in one go, step by step, so that a stop costs one step."""
