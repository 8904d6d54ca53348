# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The dependencies, of which one is the ROS package's pure half in the same checkout."""

from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent.parent

setup(
    install_requires=[
        # Built from the checkout around this folder: the two halves share the crop, the pose
        # conventions and the model file, and must not differ in version.
        f'posenet_ros @ {ROOT.as_uri()}' if (ROOT / 'package.xml').is_file() else 'posenet_ros',
        'numpy>=1.26,<3',
        'scipy>=1.11,<2',
        'torch>=2.2,<3',
        'torchvision>=0.17,<1',
        # EMAWeightAveraging came with 2.6; 2.6.2 and 2.6.3 were withdrawn as compromised.
        'pytorch-lightning>=2.6.4,<2.7',
        # Lightning's TensorBoard logger writes through it.
        'tensorboard>=2.14,<3',
        # Checks recipes; typer brings it anyway.
        'pydantic>=2.7,<3',
        'pyyaml>=6',
        'roma>=1.8,<2',
        'pillow>=10',
        # Bags without ROS; rosbags-image, with OpenCV, converts Bayer and YUV pictures of theirs.
        'rosbags>=0.11,<0.12',
        'rosbags-image>=0.10,<0.11',
        'opencv-python-headless>=4.8,<5',
        # The pages of `posenet scene check` and `posenet explain`.
        'matplotlib>=3.8,<4',
        # PCA, t-SNE and nearest neighbours of features.
        'scikit-learn>=1.5,<2',
        'typer>=0.12,<1',
        'rich>=13,<16',
    ]
)
