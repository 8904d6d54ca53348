# Copyright 2026 The posenet_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Published median errors, metres / degrees, a column a scene; '-' where none was found.

The angles of the first PoseNet paper are twice what it printed: it printed half angles
(github.com/alexgkendall/caffe-posenet, issue 16).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A method, where its figures were published, and the figures in the order of the scenes."""

    name: str
    source: str
    figures: str


ICCV_2015 = 'Kendall et al., ICCV 2015; angles doubled'
SATTLER = 'in Sattler et al., CVPR 2019'
RECOMPUTED = 'medians of the estimates in tsattler/visloc_pseudo_gt_limitations'
GSPLATLOC = 'GSplatLoc, table I'
POSELSTM = 'README of poselstm-pytorch'
HLOC = 'README of Hierarchical-Localization'

# Scene, training and test pictures, test sequences.
SEVEN_SCENES = (
    ('chess', 4000, 2000, 3, 5),
    ('fire', 2000, 2000, 3, 4),
    ('heads', 1000, 1000, 1),
    ('office', 6000, 4000, 2, 6, 7, 9),
    ('pumpkin', 4000, 2000, 1, 7),
    ('redkitchen', 7000, 5000, 3, 4, 6, 12, 14),
    ('stairs', 2000, 1000, 1, 4),
)
CAMBRIDGE_SCENES = (
    ('KingsCollege', 1220, 343, 2, 3, 7),
    ('Street', 3015, 2923),
    ('OldHospital', 895, 182, 4, 8),
    ('ShopFacade', 231, 103, 1, 3),
    ('StMarysChurch', 1487, 530, 3, 5, 13),
)

SEVEN_SCENES_DSLAM = (
    Method(
        'nearest picture by its feature',
        ICCV_2015,
        '.41/11.20 .54/15.54 .28/14.00 .49/12.04 .58/12.16 .58/11.30 .56/15.42',
    ),
    Method(
        'PoseNet', ICCV_2015, '.32/8.12 .47/14.66 .29/12.00 .48/7.68 .47/8.42 .59/8.64 .47/13.86'
    ),
    Method(
        'PoseNet, 128 crops',
        ICCV_2015,
        '.32/6.60 .47/14.04 .30/12.18 .48/7.24 .49/8.12 .58/8.34 .48/13.08',
    ),
    Method('DenseVLAD', SATTLER, '.21/12.5 .33/13.8 .15/14.9 .28/11.2 .31/11.3 - .25/15.8'),
    Method('DenseVLAD, interpolated', SATTLER, '.18/10.0 - .14/14.3 - - - .24/14.7'),
    Method(
        'PoseNet, geometric loss',
        'Kendall and Cipolla, CVPR 2017',
        '.13/4.5 .27/11.3 .17/13.0 .19/5.6 .26/4.8 .23/5.4 .35/12.4',
    ),
    Method(
        'MapNet',
        'Brahmbhatt et al., CVPR 2018',
        '.08/3.3 .27/11.7 .18/13.3 .17/5.2 .22/4.0 .23/4.9 .30/12.1',
    ),
    Method(
        'AtLoc',
        'Wang et al., AAAI 2020',
        '.10/4.1 .25/11.4 .16/11.8 .17/5.3 .21/4.4 .23/5.4 .26/10.5',
    ),
    Method(
        'MS-Transformer',
        'Shavit et al., ICCV 2021',
        '.11/4.66 .24/9.6 .14/12.19 .17/5.66 .18/4.44 - .26/8.45',
    ),
    Method(
        'DFNet',
        'Chen et al., ECCV 2022',
        '.05/1.88 .17/6.45 .06/3.63 .08/2.48 .10/2.78 .22/5.45 .16/3.29',
    ),
    Method(
        'LENS',
        'Moreau et al., CoRL 2021',
        '.03/1.3 .10/3.7 .07/5.8 .07/1.9 .08/2.2 .09/2.2 .14/3.6',
    ),
    Method(
        'Active Search',
        HLOC,
        '.03/.87 .02/1.01 .01/.82 .04/1.15 .07/1.69 .05/1.72 .04/1.01',
    ),
    Method('hloc', HLOC, '.02/.84 .02/.93 .01/.74 .03/.92 .05/1.27 .04/1.40 .05/1.47'),
    Method('DSAC*', HLOC, '.02/1.10 .02/1.24 .01/1.82 .03/1.15 .04/1.34 .04/1.68 .03/1.16'),
    Method(
        'ACE',
        'Brachmann et al., CVPR 2023',
        '.02/1.1 .02/1.8 .02/1.1 .03/1.4 .03/1.3 .03/1.3 .03/1.2',
    ),
)
SEVEN_SCENES_SFM = (
    Method('PoseNet', GSPLATLOC, '.10/4.02 .27/10.0 .18/13.0 .17/5.97 .19/4.67 .22/5.91 .35/10.5'),
    Method(
        'MS-Transformer',
        GSPLATLOC,
        '.11/6.38 .23/11.5 .13/13.0 .18/8.14 .17/8.42 .16/8.92 .29/10.3',
    ),
    Method('DFNet', GSPLATLOC, '.03/1.12 .06/2.30 .04/2.29 .06/1.54 .07/1.92 .07/1.74 .12/2.63'),
    Method(
        'marepo', GSPLATLOC, '.019/.83 .023/.92 .021/1.24 .029/.93 .025/.88 .029/.98 .059/1.48'
    ),
    Method('ACE', GSPLATLOC, '.005/.18 .008/.33 .005/.33 .010/.29 .01/.22 .008/.2 .029/.81'),
    Method(
        'Active Search',
        RECOMPUTED,
        '.004/.14 .005/.23 .005/.28 .008/.24 .009/.20 .006/.16 .014/.44',
    ),
    Method('hloc', RECOMPUTED, '.008/.11 .009/.24 .006/.25 .012/.20 .014/.15 .011/.14 .029/.80'),
    Method('DSAC*', RECOMPUTED, '.005/.17 .008/.28 .005/.34 .012/.34 .012/.28 .007/.21 .027/.78'),
)
CAMBRIDGE = (
    Method(
        'nearest picture by its feature',
        ICCV_2015,
        '3.34/5.92 1.95/9.02 5.38/9.02 2.10/10.40 4.48/11.30',
    ),
    Method('PoseNet', ICCV_2015, '1.92/5.40 3.67/6.50 2.31/5.38 1.46/8.08 2.65/8.48'),
    Method('PoseNet, 128 crops', ICCV_2015, '1.66/4.86 2.96/6.00 2.62/4.90 1.41/7.18 2.45/7.96'),
    Method('PoseNet, PyTorch', POSELSTM, '1.19/4.51 - 1.91/4.05 1.30/8.13 1.89/7.27'),
    Method('PoseLSTM, PyTorch', POSELSTM, '.90/3.96 - 1.79/4.28 .98/6.20 1.68/6.41'),
    Method('PoseNet, learned weights', GSPLATLOC, '.93/2.73 - 2.24/7.88 1.47/6.62 2.37/5.94'),
    Method('PoseNet, geometric loss', 'Kendall and Cipolla, CVPR 2017', '.88/1.0 - - - -'),
    Method('MapNet', 'Brahmbhatt et al., CVPR 2018', '1.07/1.9 - - - -'),
    Method(
        'MS-Transformer',
        'Shavit et al., ICCV 2021',
        '.85/1.45 - 1.75/2.43 .88/3.20 1.66/4.12',
    ),
    Method('DFNet', 'Chen et al., ECCV 2022', '.73/2.37 - 2.00/2.98 .67/2.21 1.37/4.03'),
    Method('LENS', 'Moreau et al., CoRL 2021', '.33/.5 - .44/.9 .27/1.6 .53/1.6'),
    Method('Active Search', HLOC, '.13/.22 - .20/.36 .04/.21 .08/.25'),
    Method('hloc', HLOC, '.12/.21 - .14/.30 .04/.19 .07/.22'),
    Method('DSAC*', HLOC, '.15/.3 - .21/.4 .05/.3 .13/.4'),
    Method('ACE', 'Brachmann et al., CVPR 2023', '.28/.4 - .31/.6 .05/.3 .19/.6'),
)
