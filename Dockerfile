# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# The node on ROS 2 Jazzy or Lyrical, on a CPU or with CUDA:
#
#     docker build -t posenet_ros .
#     docker build -t posenet_ros --build-arg ROS_DISTRO=lyrical --build-arg TORCH=cu126 .
#     docker run --rm --net host --ipc host [--gpus all] posenet_ros
#
# Checked by hadolint; it was not built where it was written.
ARG ROS_DISTRO=jazzy
FROM ros:${ROS_DISTRO}-ros-base

SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /ws
COPY . src/posenet_ros
# RViz looks from another machine.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-pip python3-venv \
    && rosdep update --rosdistro "$ROS_DISTRO" \
    && rosdep install --from-paths src --ignore-src -y --skip-keys 'rviz2 python3-torch' \
    && rm -rf /var/lib/apt/lists/*

# cpu, or a version of CUDA as PyTorch's index has it.  numpy stays below 2 for Jazzy's cv_bridge.
ARG TORCH=cpu
RUN python3 -m venv --system-site-packages venv && touch venv/COLCON_IGNORE \
    && venv/bin/pip install --no-cache-dir torch==2.14.1 \
        --index-url "https://download.pytorch.org/whl/${TORCH}" \
        --extra-index-url https://pypi.org/simple \
    && if [ "$ROS_DISTRO" = jazzy ]; then \
        venv/bin/pip install --no-cache-dir -r src/posenet_ros/requirements.txt; fi \
    && . "/opt/ros/$ROS_DISTRO/setup.bash" && . venv/bin/activate \
    && python -m colcon build --packages-select posenet_ros \
    && useradd --create-home --uid 2000 robot

USER 2000
ENTRYPOINT ["/bin/bash", "-c", ". /opt/ros/$ROS_DISTRO/setup.bash && . venv/bin/activate && . install/setup.bash && exec \"$@\"", "--"]
CMD ["ros2", "launch", "posenet_ros", "relocalize.launch.py"]
