"""OpenCV's own Python tests: which of them pass in a browser, and why the others can't.

``tests/browser/test_opencv_own_tests.py`` runs them all and holds this table to be true.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["OBSTACLES", "PASSING", "PASSING_WITH_OWN_BUILD", "Obstacle"]


def _ids(text: str) -> frozenset[str]:
    """Tests as unittest names them; the text has ``module.Class: test test ...``."""
    ids = []
    group = ""
    for word in text.split():
        if word.endswith(":"):
            group = word[:-1]
        else:
            ids.append(f"{group}.{word}")
    return frozenset(ids)


class Obstacle(NamedTuple):
    """Why some tests can't pass.

    Attributes
    ----------
    reason : str
    natively : bool
        Whether they don't pass on a desktop either.
    shows : str
        A regular expression: what each of them says in the browser.
    tests : frozenset of str
    """

    reason: str
    natively: bool
    shows: str
    tests: frozenset[str]


PASSING = _ids("""
test_calibration.calibration_test: test_projectPoints test_sampsonDistance_valid2D
test_camshift.camshift_test: test_camshift
test_dft.dft_test: test_dft
test_dnn.dnn_test: test_blobFromImage test_blobFromImageWithParams test_blobRectToImageRect
    test_blobRectsToImageRects test_getAvailableTargets test_nms test_scalefactor_assign
test_features.Features_Tests: test_issue_13406
test_fitline.fitline_test: test_fitline
test_fs_cache_dir.get_cache_dir_test: test_get_cache_dir test_get_cache_dir_imread_interop_jpeg
    test_get_cache_dir_imread_interop_png test_get_cache_dir_imread_interop_tiff
test_houghlines.houghlines_test: test_houghlines
test_imgproc.Imgproc_Tests: test_filter2d test_python_986 test_resize_pillow
test_kmeans.kmeans_test: test_kmeans
test_legacy.Hackathon244Tests: test_estimateAffine3D test_fast test_geometry test_imencode
    test_int_array test_projectPoints
test_lk_homography.lk_homography_test: test_lk_homography
test_lk_track.lk_track_test: test_lk_track
test_mat.MatTest: test_comparison test_mat_construct test_mat_construct_4d
    test_mat_wrap_channels_fail test_mat_wrap_channels_zero test_ufuncs
test_misc.AlgorithmImplHit: test_callable
test_misc.CanUsePurePythonModuleFunction: test_default_matx_argument
test_misc.Arguments: test_result_rotated_rect_boundingRect2f test_wrap_rotated_rect
    test_parse_to_int64_convertible test_parse_to_int64_not_convertible test_parse_to_size_t_convertible
    test_parse_to_size_t_convertible_extra test_parse_to_size_t_not_convertible
    test_parse_to_size_t_not_convertible_extra
    test_20968 test_InputArray test_InputArrayOfArrays
    test_arithm_op_with_saturation test_arithm_op_without_saturation
    test_inner_class_has_global_alias test_named_arguments_with_output_argument
    test_named_arguments_without_output_argument test_named_arguments_without_parameters
    test_numpy_writeable_flag_is_preserved test_parse_to_bool_convertible
    test_parse_to_bool_convertible_extra test_parse_to_bool_not_convertible
    test_parse_to_bool_not_convertible_extra test_parse_to_cstring_convertible
    test_parse_to_cstring_not_convertible test_parse_to_double_convertible
    test_parse_to_double_not_convertible test_parse_to_double_not_convertible_extra
    test_parse_to_float_convertible test_parse_to_float_not_convertible
    test_parse_to_float_not_convertible_extra test_parse_to_int_convertible
    test_parse_to_int_not_convertible test_parse_to_int_not_convertible_extra
    test_parse_to_range_convertible test_parse_to_range_convertible_to_all
    test_parse_to_range_not_convertible test_parse_to_rect_convertible
    test_parse_to_rect_not_convertible test_parse_to_rotated_rect_convertible
    test_parse_to_rotated_rect_not_convertible test_parse_to_string_convertible
    test_parse_to_string_not_convertible test_parse_to_term_criteria_convertible
    test_parse_to_term_criteria_not_convertible test_parse_vector_double_convertible
    test_parse_vector_double_not_convertible test_parse_vector_int_convertible
    test_parse_vector_int_not_convertible test_parse_vector_rect_convertible
    test_parse_vector_rect_not_convertible test_reserved_keywords_are_transformed
    test_result_rotated_rect_issue_20930 test_unsupported_numpy_data_types_string_description
    test_vector_fast_return test_vector_general_return
test_misc.Bindings: test_maketype test_overload_resolution_can_choose_correct_overload
    test_overload_resolution_fails test_raiseGeneralException test_redirectError
test_misc.CanUsePurePythonModuleFunction: test_can_get_ocv_version
test_misc.SamplesFindFile: test_ExistedFile test_MissingFile test_MissingFileException
test_morphology.morphology_test: test_morphology
test_norm.norm_test: test_norm_fails_for_array_and_norm_type_as_scalar
    test_norm_fails_for_array_and_scalar test_norm_fails_for_scalar_and_array
    test_norm_fails_for_wrong_type test_norm_for_one_array test_norm_for_two_arrays
test_objdetect_aruco.aruco_objdetect_test: test_aruco_detector test_aruco_detector_refine
    test_charuco_detector test_detect_diamonds test_draw_detected_charuco
    test_draw_detected_diamonds test_draw_detected_markers test_getDistanceToId
test_pathlike.CanPassPathLike: test_type_mismatch
test_solvepnp.solvepnp_test: test_regression_16040 test_regression_16040_2 test_regression_16049
test_squares.squares_test: test_squares
test_texture_flow.texture_flow_test: test_texture_flow
test_tracking.tracking_test: test_createMILTracker
test_umat.UMat: test_umat_construct test_umat_handle test_umat_matching test_umat_optical_flow
""")

#: Those that pass with our own build of opencv.js; with npm's, OBSTACLES has them.
PASSING_WITH_OWN_BUILD = _ids("""
test_algorithm_rw.algorithm_rw_test: test_algorithm_rw
test_calibration.calibration_test: test_calibration
test_ccm.photo_test: test_masks_weights_1 test_masks_weights_2 test_model
test_feature_homography.feature_homography_test: test_feature_homography
test_filestorage_io.filestorage_io_test: test_base64 test_json test_xml test_yml
test_flann_based_matcher.FlannBasedMatcher: test_all_parameters_can_be_passed
test_houghcircles.houghcircles_test: test_houghcircles test_houghcircles_alt
test_misc.Bindings: test_inheritance
test_objdetect_aruco.aruco_objdetect_test: test_aruco_match_image_points test_board
    test_charuco_detector_accuracy test_charuco_match_image_points test_charuco_no_segfault_params
    test_charuco_no_segfault_params_constructor test_charuco_refine test_identify
    test_idsAccessibility test_multi_dict_arucodetector
    test_write_read_dictionary
test_octree.octree_test: test_octree_basic_test
test_persistence.persistence_test: test_yml_rw
""")

OBSTACLES = (
    Obstacle(
        "it reads a file of opencv_extra, a repository of its own that is in no distribution",
        True,
        r"File \S+ not found|Test data is not available|Missing test data|OPENCV_TEST_DATA_PATH|NoneType",
        _ids("""
test_barcode_detector.barcode_detector_test: test_detect test_detect_and_decode
test_ccm.photo_test: test_compute_color_correction_matrix test_correctImage test_serialization
test_chromatic_aberration.ChromaticAberrationTest: test_degree_does_not_match_coeff_cols
    test_empty_coeff_mat test_invalid_single_channel test_load_calib_and_correct_image
    test_mismatched_image_size test_wrong_coeff_type test_yaml_contents_as_expected
test_copytomask.copytomask_test: test_copytomask
test_dnn.dnn_test: test_bool_operator test_classification_model test_face_detection test_input_3d
    test_model test_set_param_3d test_textdetection_model
test_eccms.eccms_test: test_eccms
test_grabcut.grabcut_test: test_grabcut
test_imread.imread_test: test_imread_to_buffer test_imread_with_meta
test_iomesh.raster_test: test_loadCloud test_loadMesh
test_mser.mser_test: test_mser
test_odometry.odometry_test: test_OdometryDefault test_OdometryDefaultFrame test_OdometryDepth
    test_OdometryDepthFast test_OdometryDepthFastFrame test_OdometryDepthFrame test_OdometryRGB
    test_OdometryRGBFrame test_OdometryRGB_Depth test_OdometryRGB_DepthFrame
test_pathlike.CanPassPathLike: test_pathlib_path
test_qrcode_detect.qrcode_detector_test: test_decode_non_ascii test_detect test_detect_and_decode
    test_detect_and_decode_multi test_detect_multi
test_rgbd.rgbd_test: test_computeRgbdPlane
test_stitching.stitching_compose_panorama_args: test_simple
test_stitching.stitching_compose_panorama_test_no_args: test_simple
test_stitching.stitching_detail_test: test_simple
test_stitching.stitching_matches_info_test: test_simple
test_stitching.stitching_range_matcher_test: test_simple
test_stitching.stitching_seam_finder_graph_cuts: test_simple
test_stitching.stitching_test: test_simple
test_tokenizer.TokenizerBindingTest: test_tokenizer_binding test_tokenizer_gpt2 test_tokenizer_gpt4
    test_with_hf_tiktoken
test_tracking.tracking_test: test_createNanoTracker test_createVitTracker
test_umat.UMat: test_umat_merge_mertens
test_videoio.Bindings: test_context_manager
test_volume.volume_test: test_VolumeColorTSDF test_VolumeDefault test_VolumeHashTSDF test_VolumeTSDF
test_watershed.watershed_test: test_watershed
"""),
    ),
    Obstacle(
        "it needs a CUDA device",
        True,
        r"No CUDA-capable device is detected",
        _ids("""
test_cuda.cuda_test: test_cuda_buffer_pool test_cuda_convertTo test_cuda_copyTo test_cuda_denoising
    test_cuda_interop test_cuda_release test_cuda_upload_download test_cuda_upload_download_stream
    test_dlpack_GpuMat
"""),
    ),
    Obstacle(
        "OpenCV has switched it off",
        True,
        r"custom layers are partially broken",
        _ids("""
test_dnn.dnn_test: test_custom_layer
"""),
    ),
    Obstacle(
        "it needs PyYAML, to read what cv2.FileStorage wrote",
        True,
        r"Pyyml is not available",
        _ids("""
test_persistence.persistence_test: test_yml_python_interop
"""),
    ),
    Obstacle(
        "it rasterises triangles, with a file of opencv_extra: opencv.js lacks ptcloud",
        True,
        r"cv2\.TriangleRasterizeSettings",
        _ids("""
test_raster.raster_test: test_rasterizeBoth test_rasterizeColor test_rasterizeDepth
"""),
    ),
    Obstacle(
        "it looks for colour checkers, with a file of opencv_extra: opencv.js has no mcc and ccm",
        True,
        r"cv2\.mcc\.CCheckerDetector",
        _ids("""
test_ccm.photo_test: test_mcc_ccm_combined
"""),
    ),
    Obstacle(
        "it reads a video, a file of opencv_extra: OpenCV can't decode one in a page",
        True,
        r"cv2\.videoio_registry\.getStreamBufferedBackends",
        _ids("""
test_videoio.Bindings: test_capture_stream_buffer test_capture_stream_file
"""),
    ),
    Obstacle(
        "it asks which backends can read a video: in a page OpenCV has none",
        False,
        r"cv2\.videoio_registry\.getBackendName",
        _ids("""
test_videoio.Bindings: test_registry
"""),
    ),
    Obstacle(
        "it fits colours by cv2.ccm.ColorCorrectionModel, which opencv.js lacks",
        False,
        r"cv2\.ccm\.",
        _ids("""
test_ccm.photo_test: test_masks_weights_1 test_masks_weights_2 test_model
"""),
    ),
    Obstacle(
        "it builds an octree: opencv.js lacks ptcloud",
        False,
        r"cv2\.Octree",
        _ids("""
test_octree.octree_test: test_octree_basic_test
"""),
    ),
    Obstacle(
        "it needs cv2.findChessboardCorners, which opencv.js lacks",
        False,
        r"cv2\.findChessboardCorners",
        _ids("""
test_calibration.calibration_test: test_calibration
"""),
    ),
    Obstacle(
        "it builds a network by cv2.dnn.Net: networks are onnxruntime's here",
        False,
        r"cv2\.dnn\.Net\b",
        _ids("""
test_dnn.dnn_test: test_net_builder
"""),
    ),
    Obstacle(
        "it needs cv2.FlannBasedMatcher, which opencv.js lacks",
        False,
        r"cv2\.FlannBasedMatcher",
        _ids("""
test_feature_homography.feature_homography_test: test_feature_homography
test_flann_based_matcher.FlannBasedMatcher: test_all_parameters_can_be_passed
"""),
    ),
    Obstacle(
        "it needs cv2.FileStorage, OpenCV's own file format, which opencv.js lacks",
        False,
        r"cv2\.FileStorage",
        _ids("""
test_algorithm_rw.algorithm_rw_test: test_algorithm_rw
test_filestorage_io.filestorage_io_test: test_base64 test_json test_xml test_yml
test_objdetect_aruco.aruco_objdetect_test: test_write_read_dictionary
test_persistence.persistence_test: test_yml_rw
"""),
    ),
    Obstacle(
        "it asks markers' boards, dictionaries or detectors for what opencv.js does not export",
        False,
        r"cv2\.aruco\.|not enough values to unpack \(expected 4, got 2\)",
        _ids("""
test_objdetect_aruco.aruco_objdetect_test: test_aruco_match_image_points test_board
    test_charuco_detector_accuracy test_charuco_match_image_points test_charuco_no_segfault_params
    test_charuco_no_segfault_params_constructor test_charuco_refine test_identify
    test_idsAccessibility test_multi_dict_arucodetector
"""),
    ),
    Obstacle(
        "it needs cv2.QRCodeEncoder, which opencv.js lacks",
        False,
        r"cv2\.QRCodeEncoder",
        _ids("""
test_qrcode_detect.qrcode_detector_test: test_kanji
"""),
    ),
    Obstacle(
        "it needs a Hough transform that returns votes, which opencv.js lacks",
        False,
        r"cv2\.Hough\w+WithAccumulator",
        _ids("""
test_houghcircles.houghcircles_test: test_houghcircles test_houghcircles_alt
"""),
    ),
    Obstacle(
        "it needs cv2.StereoBM, which opencv.js lacks",
        False,
        r"cv2\.StereoBM",
        _ids("""
test_misc.Bindings: test_inheritance
"""),
    ),
    Obstacle(
        "it calls what cv2.utils has for this test alone, and a browser has no need of",
        False,
        r"cv2\.(utils\.|AsyncArray)|has no attribute '_native'|KeyError: 0",
        _ids("""
test_async.AsyncTest: test_async_exception test_async_simple
test_misc.Arguments: test_export_class_with_different_name
    test_export_inner_class_of_class_exported_with_different_name
test_misc.Bindings: test_properties_with_reserved_keywords_names_are_transformed
test_misc.CanUsePurePythonModuleFunction: test_native_method_can_be_patched
"""),
    ),
    Obstacle(
        "it counts the references to a module that is in part C++",
        False,
        r"Nested submodule reference counter",
        _ids("""
test_misc.Arguments: test_nested_function_availability
"""),
    ),
)
