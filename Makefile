# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# For machines without ROS: the environment is built from PyPI, once.  `make help` says the rest.
# On a ROS 2 machine use rosdep, colcon and ros2 launch, as the README says.

PYTHON ?= python3
ARGS ?=
# Real drives, for benchmarks.
SCENES ?= ../shared/scenes

VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
STAMPS := $(VENV)/stamps
SHARE := $(VENV)/share
# The tool of `make audit`, apart from what it looks at.
AUDIT := $(VENV)/audit
# Byte code is written when a module is first imported, most of it never.
PIP := $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check
PIP_ROS := $(shell find pip_ros -type f -not -path '*/__pycache__/*')
SHARED := package.xml $(wildcard launch config models rviz)

ifndef ROS_DISTRO
export PATH := $(BIN):$(PATH)
export AMENT_PREFIX_PATH := $(CURDIR)/$(VENV)
# Stock Fast DDS loses pictures of 640x480, see the file.
export FASTRTPS_DEFAULT_PROFILES_FILE := $(CURDIR)/config/fastdds.xml
endif

define CHECK_MANIFESTS
import sys
from catkin_pkg.package import parse_package
warnings = []
for name in sys.argv[1:]:
    parse_package(name, warnings=warnings)
sys.exit('\n'.join(warnings) or 0)
endef
export CHECK_MANIFESTS

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo demo-model bench-accuracy bench-trust soak
.PHONY: bench-gpu bench-speed bench-scale bench-scale-assets
.PHONY: test test-ros lint audit docs release-check clean

help:  ## explain all targets
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | sort | \
		while IFS='	' read -r name what; do printf '  make %-18s %s\n' "$$name" "$$what"; done
	@echo "  options:          make demo ARGS='--headless --duration 60', make test ARGS='-k tf2'"

setup: $(STAMPS)/project  ## build .venv from PyPI: 3 GB of downloads, once (the others do it too)

demo: setup  ## a simulated robot is kidnapped and finds itself again: table, picture, figures
	$(BIN)/python -m simulation.demo $(ARGS)

demo-model: setup  ## train models/demo.pt again, hours; go on after a stop with ARGS=--resume
	$(BIN)/python -m posenet_training.demo_model $(ARGS)

bench-trust: setup  ## kidnaps, drives, other rooms: figures beside bars; hours, or ARGS='--scale 0.1'
	$(BIN)/python -m benchmarks.trust_tf
	$(BIN)/python -m benchmarks.trust $(ARGS)
	$(BIN)/python -m benchmarks.closed_loop

soak: setup  ## the node through everything that happens to robots: an hour, or ARGS='--minutes 1'
	$(BIN)/python -m benchmarks.soak $(ARGS)

bench-speed: setup  ## node and engines over DDS, milliseconds beside bars; ARGS='--minutes 10' for memory
	$(BIN)/python -m benchmarks.speed $(ARGS)

bench-gpu: setup  ## GoogLeNet and the demo's network on a GPU, where one is
	$(BIN)/python -m benchmarks.speed.gpu $(ARGS)

bench-accuracy: setup  ## real drives in SCENES: ours, looking up, SIFT; an hour and a half
	$(BIN)/python -m benchmarks.accuracy_bar $(SCENES)/kitchen $(SCENES)/office $(ARGS)

bench-scale-assets: setup  ## scenes, maps and models for bench-scale: hours, goes on after a stop
	$(BIN)/python -m benchmarks.scale_assets $(ARGS)

bench-scale: setup  ## a query as the map grows: ours, looking up, SIFT; ten minutes
	$(BIN)/python -m benchmarks.scale $(ARGS)

test: setup  ## run every test, with real processes that talk over DDS
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 \
		test training/test $(ARGS)

test-ros:  ## run the launch tests, wherever the real launch of ROS 2 is installed
	@python3 -c 'import launch_ros' 2>/dev/null || { \
		echo 'test-ros needs launch and launch_ros: source /opt/ros/<distribution>/setup.bash'; \
		exit 1; }
	python3 -m pytest test/ros $(ARGS)

lint: setup  ## ruff, mypy, package.xml, Dockerfile and workflows
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -c "$$CHECK_MANIFESTS" package.xml pip_ros/interfaces/package.xml
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema -q --builtin-schema vendor.github-workflows .github/workflows/*.yml

audit: setup  ## known vulnerabilities of everything that .venv holds, as PyPI's advisories tell them
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && \
		$(AUDIT)/bin/python -m pip install -qq --disable-pip-version-check pip-audit==2.10.1; }
	$(AUDIT)/bin/pip-audit --skip-editable --path $(wildcard $(VENV)/lib/python*/site-packages) $(ARGS)

docs: setup  ## the docs site, into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

release-check: lint docs audit  ## whether this tree may be released: lint, docs, audit, wheels, versions
	@wheels=$$(mktemp -d) && $(BIN)/python -m pip wheel -qq --no-build-isolation --no-deps \
		-w $$wheels . ./training && ls $$wheels && rm -rf $$wheels
	$(BIN)/python .ci/release.py check

clean:  ## remove .venv and all that builds, tests, demo and benchmarks left; trained runs stay
	rm -rf $(VENV) build install log site demo_out bench_out lightning_logs *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is touched last, so an interrupted step is done again.

$(STAMPS)/packages: requirements-dev.txt requirements-docs.txt requirements-ros.txt
	@test -z "$$ROS_DISTRO" || { \
		echo "ROS 2 $$ROS_DISTRO is sourced: follow the README's four commands instead."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' || { \
		echo "Python 3.10 to 3.14 is needed: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo 'Setting up .venv from PyPI: 3 GB of downloads, three minutes or more, once.'
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $(VENV)/COLCON_IGNORE
# pip takes a package for installed that it was interrupted in: its record is written last.
	@for info in $(VENV)/lib/python*/site-packages/*.dist-info; do \
		test ! -d "$$info" || test -f "$$info/RECORD" || rm -rf "$$info"; done
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(STAMPS)/pip_ros: $(STAMPS)/packages $(PIP_ROS)
	@$(BIN)/python pip_ros/install.py
# Proves the environment, and writes the byte code that the first run would wait for.
	@$(BIN)/python -W ignore -c 'import cv2, matplotlib.pyplot, panda3d.core, pytorch_lightning, rclpy, \
		rosbags.image, sensor_msgs_py.point_cloud2, tf2_ros, tf_transformations, torchvision'
	@touch $@

# This tree itself: importable, its commands in bin/, its files found through the ament index.
$(STAMPS)/project: $(STAMPS)/pip_ros setup.py setup.cfg $(wildcard training/pyproject.toml)
	@$(PIP) --no-build-isolation --no-deps -e . -e ./training
	@mkdir -p $(SHARE)/posenet_ros $(SHARE)/ament_index/resource_index/packages
	@ln -sfn $(addprefix $(CURDIR)/,$(SHARED)) $(SHARE)/posenet_ros/
	@ln -sfn $(CURDIR)/resource/posenet_ros $(SHARE)/ament_index/resource_index/packages/
	@touch $@
