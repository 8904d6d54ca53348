"""Writing, splitting and exporting scenes; posenet_ros.scene defines what one is."""
