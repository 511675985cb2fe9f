"""What our own opencv.js binds beside OpenCV's generator: every row finds its function."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pyinfer.browser.cv2._spec import parse_row
from pyinfer.browser.cv2._table import FUNCTIONS
from pyinfer.errors import BuildError
from pyinfer.host.generate.classes import TypeNames
from pyinfer.host.generate.engine import EngineClass, EngineInventory, probe_engine
from pyinfer.host.generate.prototypes import Bindings, ClassPrototype, Parameter, Prototype, read_bindings
from pyinfer.host.opencv.bindings.guards import guard
from pyinfer.host.opencv.bindings.kinds import FullTypeNames, plain_type
from pyinfer.host.opencv.bindings.offered import Offers, offers
from pyinfer.host.opencv.bindings.parts import NETWORKS, OPENCV, is_in, later_source, registrations_of
from pyinfer.host.opencv.bindings.source import Binding, function_source, unit_source
from pyinfer.host.opencv.bindings.types import Types
from pyinfer.host.opencv_sources import opencv_sources
from pyinfer.host.places import node_modules


def _full(module: str, name: str) -> dict[str, tuple[str, ...]]:
    table = importlib.import_module(f"pyinfer.browser.cv2.{module}")
    rows: dict[str, tuple[str, ...]] = getattr(table, name)
    return rows


@pytest.fixture(scope="module")
def npm() -> EngineInventory:
    return probe_engine(node_modules())


@pytest.fixture(scope="module")
def offered(npm: EngineInventory) -> Offers:
    return offers(read_bindings(opencv_sources() / "opencv"), npm)


def test_every_row_of_the_full_table_has_its_function(offered: Offers, npm: EngineInventory) -> None:
    known = {*offered.bindings, *npm.functions}
    lost = []
    for name, rows in _full("_full_table", "FUNCTIONS").items():
        for row in rows:
            engine_name = parse_row(row).engine_name
            if (
                not engine_name.startswith("new ")
                and engine_name not in known
                and row not in FUNCTIONS.get(name, ())
            ):
                lost.append(engine_name)
    assert lost == []


def test_every_method_of_the_full_table_has_its_function(offered: Offers, npm: EngineInventory) -> None:
    known = {*offered.bindings, *npm.functions}
    lost = []
    for lines in _full("_full_class_table", "CLASSES").values():
        for line in lines[1:]:
            word, _, rest = line.partition(" ")
            if word in ("lacks", "property"):
                continue
            name = parse_row(rest if word == "init" else rest.partition(" ")[2]).engine_name
            if not re.search(r"[#. ]", name) and name not in known:
                lost.append(name)
    assert lost == []


def test_what_people_miss_most_in_npms_build_is_offered(offered: Offers) -> None:
    wanted = {
        "imdecode",
        "imencode",
        "SIFT_create",
        "StereoSGBM_create",
        "FileStorage_new1",
        "FlannBasedMatcher_new",
        "Stitcher_create",
        "findCirclesGrid",
        "EMD",
        "findChessboardCorners",
        "goodFeaturesToTrack",
    }
    assert wanted <= offered.bindings.keys()


def test_nothing_of_a_computers_own_is_offered(offered: Offers) -> None:
    assert not [
        name for name in offered.bindings if name.startswith(("cuda", "VideoCapture", "imshow", "ocl"))
    ]


@pytest.fixture
def types() -> Types:
    inventory = EngineInventory({}, {}, {})
    return Types(FullTypeNames({}, inventory, "", frozenset({"NormTypes"})), Bindings({}, {}, frozenset()))


def _prototype(*parameters: Parameter, returns: str = "") -> Prototype:
    return Prototype("f", parameters, returns, "f() -> None", "cv::f", "cv", True)


def _parameter(kind: str, direction: str = "in") -> Parameter:
    return Parameter(kind, "x", "", direction, (), False)


def test_what_is_written_through_a_pointer_is_given_back(types: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("double*", "out")), types), 0)
    assert "emscripten::val x_a" in source
    assert "double x_a_" in source
    assert "cv::f(&x_a_)" in source
    assert "pyinfer::give_back(x_a, x_a_)" in source


def test_object_that_is_written_is_given_back_and_none_that_is_shared() -> None:
    animation = ClassPrototype("Animation", "Animation", "cv::Animation", True, "", [], {}, {}, [])
    inventory = EngineInventory({}, {}, {"Animation": EngineClass("", [], {}, {}, {})})
    names = FullTypeNames({"Animation": "Animation"}, inventory, "", frozenset())
    types = Types(names, Bindings({}, {"Animation": animation}, frozenset()))
    source = function_source(Binding("f", _prototype(_parameter("Animation", "out")), types), 0)
    assert "cv::Animation x_a_{};" in source
    assert "pyinfer::give_back(x_a, x_a_)" in source
    assert not types.is_offered(_prototype(_parameter("Animation", "inout")))


def test_number_stands_for_an_enumeration(types: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("NormTypes")), types), 0)
    assert "int x_a" in source
    assert "static_cast<NormTypes>(x_a)" in source


def test_every_call_is_guarded(types: Types) -> None:
    void = function_source(Binding("f", _prototype(), types), 0)
    valued = function_source(Binding("f", _prototype(returns="int"), types), 0)
    assert "pyinfer::guarded([&] { cv::f(); });" in void
    assert "pyinfer::result_of([&]() -> decltype(auto) { return cv::f(); })" in valued


def test_objects_of_simple_classes_are_copied_and_others_shared(types: Types) -> None:
    def made(is_simple: bool) -> str:
        owner = ClassPrototype("Some", "Some", "cv::Some", is_simple, "", [], {}, {}, [])
        return function_source(Binding("Some_new", _prototype(), types, owner, True), 0)

    assert "return cv::Some();" in made(is_simple=True)
    assert "return cv::makePtr<cv::Some>();" in made(is_simple=False)


def test_plain_name_of_a_type() -> None:
    assert plain_type("std::vector<Ptr<cv::mcc::CChecker>>") == "vector_Ptr_mcc::CChecker"
    assert plain_type("std::vector<std::vector<Point3f> >") == "vector_vector_Point3f"
    assert plain_type("Ptr<cv::Feature2D>") == "Feature2D"


def test_structures_of_numbers_are_written_as_rows_of_a_mat(types: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("vector_Vec4f", "out")), types), 0)
    assert "cv::Mat& x_a" in source
    assert "std::vector<cv::Vec4f> x_a_;" in source
    assert "pyinfer::give_rows(x_a, x_a_);" in source


def test_umat_is_a_copy_and_is_given_back(types: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("vector_UMat", "inout")), types), 0)
    assert "std::vector<cv::Mat>& x_a" in source
    assert "auto x_a_ = pyinfer::umats_of(x_a);" in source
    assert "pyinfer::give_umats(x_a, x_a_);" in source


def test_number_that_need_not_be_given_keeps_its_absence(types: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("Ptr<float>", "inout")), types), 0)
    assert "auto x_a_ = pyinfer::number_of(x_a);" in source
    assert "pyinfer::give_number(x_a, x_a_);" in source


def test_parameters_of_flann_have_its_defaults(types: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("Ptr<flann::IndexParams>")), types), 0)
    assert "pyinfer::parameters_of<cv::flann::IndexParams, cv::flann::KDTreeIndexParams>(x_a)" in source
    assert "cv::f(x_a_)" in source


@pytest.fixture
def with_a_class() -> Types:
    owner = ClassPrototype("Some", "Some", "cv::Some", True, "", [], {}, {}, [])
    inventory = EngineInventory({}, {}, {"Some": EngineClass("", [], {}, {}, {})})
    names = FullTypeNames({"Some": "Some"}, inventory, "", frozenset({"Some_Mode"}))
    return Types(names, Bindings({}, {"Some": owner}, frozenset({"Some_Mode"})))


def test_objects_in_a_list_are_an_array_of_javascripts(with_a_class: Types) -> None:
    taken = _prototype(_parameter("vector_Some"), returns="std::vector<cv::Some>")
    source = function_source(Binding("f", taken, with_a_class), 0)
    assert "auto x_a_ = pyinfer::objects_of<cv::Some>(x_a);" in source
    assert "return pyinfer::array_of(cv::f(x_a_));" in source
    given = function_source(Binding("f", _prototype(_parameter("vector_Some", "inout")), with_a_class), 0)
    assert 'pyinfer::objects_of<cv::Some>(x_a["value"])' in given
    assert "pyinfer::give_objects(x_a, x_a_);" in given


def test_shared_object_may_be_of_a_derived_class(with_a_class: Types) -> None:
    source = function_source(Binding("f", _prototype(_parameter("Ptr<Some>")), with_a_class), 0)
    assert "cv::f(pyinfer::shared_of<cv::Some>(x_a))" in source


def test_enumeration_of_a_class_is_named_with_it(with_a_class: Types) -> None:
    scoped = replace(with_a_class.names, scope="Some")
    types = Types(scoped, with_a_class._bindings)
    source = function_source(Binding("f", _prototype(_parameter("Mode")), types), 0)
    assert "static_cast<cv::Some::Mode>(x_a)" in source


def test_array_that_is_written_and_not_said_to_be_is_an_output(offered: Offers) -> None:
    (parameter,) = (
        each for each in offered.bindings["denoise_TVL1"].prototype.parameters if each.name == "result"
    )
    assert parameter.direction == "inout"


def test_unknown_type_is_not_offered(types: Types) -> None:
    assert not types.is_offered(_prototype(_parameter("Unheard")))


def test_unit_registers_each_function_once(types: Types) -> None:
    text = unit_source("some", ["opencv2/core.hpp"], [Binding("f", _prototype(), types)])
    assert text.count('emscripten::function("f", &binding_0') == 1
    assert '#include "opencv2/core.hpp"' in text


GENERATED = """\
#include "../../../modules/core/src/parallel_impl.hpp"
using namespace emscripten;
namespace Wrappers {
    void blur_wrapper(const cv::Mat& arg1, cv::Mat& arg2) {
        return cv::blur(arg1, arg2);
    }
}
EMSCRIPTEN_BINDINGS(testBinding) {
    EMSCRIPTEN_CV_POINT(Point3f)
    function("minMaxLoc", select_overload<MinMaxLoc(const cv::Mat&)>(&binding_utils::minMaxLoc));
    emscripten::class_<cv::Mat>("Mat")
        .constructor<>()
        .constructor<int, int, int>();
}
"""


def test_what_opencvs_generator_wrote_is_guarded() -> None:
    text = guard(GENERATED, Path("/sources"))
    assert "return pyinfer::guarded([&]() -> decltype(auto) { return cv::blur(arg1, arg2); });" in text
    assert "&pyinfer::Guarded<MinMaxLoc(const cv::Mat&), &binding_utils::minMaxLoc>::call" in text
    assert ".constructor(&pyinfer::constructed<cv::Mat, int, int, int>, allow_raw_pointers())" in text
    assert '.field("z", &Point3f::z)' in text


def test_base_of_a_family_gets_shared_pointers() -> None:
    family = 'emscripten::class_<cv::Tonemap ,base<Algorithm>>("Tonemap")\n        .function("process");\n'
    mat = "    emscripten::class_<cv::Mat>"
    text = guard(GENERATED.replace(mat, f"    {family}{mat}"), Path("/sources"))
    assert text.count('.smart_ptr<Ptr<cv::Tonemap>>("Ptr<Tonemap>")') == 1


def test_other_code_than_is_known_is_refused() -> None:
    with pytest.raises(BuildError, match="parallel_impl"):
        guard("int main() {}", Path("/sources"))


def test_types_that_npm_has_keep_their_names(npm: EngineInventory) -> None:
    names = FullTypeNames({}, npm, "", frozenset())
    plain = TypeNames({}, npm, "")
    for cpp_type in ("Mat", "vector_Mat", "int", "Size", "Scalar", "String", "vector_float"):
        assert names.kind(cpp_type) == plain.kind(cpp_type)


REGISTERED = """\
namespace Wrappers {
}
EMSCRIPTEN_BINDINGS(binding_utils)
{
    register_vector<int>("IntVector");
    emscripten::class_<cv::Mat>("Mat")
        .constructor<>();
    function("blur", select_overload<void(const cv::Mat&)>(&Wrappers::blur_wrapper));

    function("readNet", select_overload<Net(const std::string&)>(&Wrappers::readNet_wrapper));

    function("blobFromImage", select_overload<Mat(const cv::Mat&)>(&Wrappers::blobFromImage_wrapper));

    emscripten::class_<cv::barcode::BarcodeDetector ,base<GraphicalCodeDetector>>("barcode_BarcodeDetector")
        .constructor<>()
        .function("decodeWithType", select_overload<bool(cv::Mat&)>(&Wrappers::decode_wrapper))
;

    emscripten::class_<cv::ORB ,base<Feature2D>>("ORB")
        .smart_ptr<Ptr<cv::ORB>>("Ptr<ORB>")
;
}
"""


def test_networks_are_not_in_the_part_that_every_page_gets() -> None:
    text = registrations_of(REGISTERED, OPENCV)
    assert re.findall(r'(?m)(?:<int>|    function|class_<.*>)\("(\w+)"', text) == [
        "IntVector",
        "Mat",
        "blur",
        "blobFromImage",
        "ORB",
    ]
    text = registrations_of(REGISTERED, NETWORKS)
    assert re.findall(r'(?m)(?:<int>|    function|class_<.*>)\("(\w+)"', text) == [
        "IntVector",
        "Mat",
        "readNet",
        "barcode_BarcodeDetector",
    ]
    with pytest.raises(BuildError, match="no bindings"):
        registrations_of("int main() {}", OPENCV)


def test_the_first_part_names_what_the_second_has() -> None:
    source = later_source(REGISTERED, ["dnn_Net_dump", "add", "Feature2D_write"], ["dnn_Model", "SIFT"])
    told = json.loads("".join(re.findall(r'R"\((.*)\)"', source)))
    assert told["functions"] == ["dnn_Net_dump", "readNet"]
    assert told["classes"] == {
        "dnn_Model": {"base": "", "members": []},
        "barcode_BarcodeDetector": {"base": "GraphicalCodeDetector", "members": ["decodeWithType"]},
    }


@pytest.mark.parametrize("name", ["Feature2D_write", "Algorithm", "DescriptorMatcher_clone", "Tracker"])
def test_what_networks_derive_from_is_in_both_parts(name: str) -> None:
    assert is_in(OPENCV, name) and is_in(NETWORKS, name)


@pytest.mark.parametrize(
    "name", ["DescriptorMatcher_create", "TrackerMIL", "dnn_NMSBoxes", "DISOpticalFlow_create"]
)
def test_what_networks_have_no_use_for_is_in_one_part(name: str) -> None:
    assert is_in(OPENCV, name) and not is_in(NETWORKS, name)
