// What the bindings are made of: values for JavaScript, and C++ exceptions as errors that it can read.

#pragma once

#include <emscripten/bind.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "opencv2/core.hpp"
#include "opencv2/flann.hpp"

namespace pyinfer {

using emscripten::val;

/// Throws the exception that is being handled to JavaScript, as an Error with OpenCV's own fields.
[[noreturn]] void rethrow_to_javascript();

/// Calls; C++ unwinds before JavaScript gets what is thrown, so that nothing is left behind.
template <class Call>
auto guarded(Call&& call) -> decltype(call()) {
  try {
    return call();
  } catch (...) {
    rethrow_to_javascript();
  }
}

/// What JavaScript gets of a returned value: by default its copy.
template <class T, class = void>
struct Given {
  using Type = T;
  static T of(const T& value) { return value; }
};

template <class T>
struct Given<T, std::enable_if_t<std::is_enum_v<T>>> {
  using Type = int;
  static int of(T value) { return static_cast<int>(value); }
};

template <>
struct Given<uchar> {
  using Type = int;
  static int of(uchar value) { return value; }
};

template <>
struct Given<int64_t> {
  using Type = double;
  static double of(int64_t value) { return static_cast<double>(value); }
};

template <class T, int Count>
struct Given<cv::Vec<T, Count>> {
  using Type = val;
  static val of(const cv::Vec<T, Count>& value) {
    val numbers = val::array();
    for (int i = 0; i < Count; ++i) {
      numbers.set(i, value[i]);
    }
    return numbers;
  }
};

template <>
struct Given<cv::UMat> {
  using Type = cv::Mat;
  static cv::Mat of(const cv::UMat& value) { return value.getMat(cv::ACCESS_READ).clone(); }
};

template <>
struct Given<std::vector<uchar>> {
  using Type = cv::Mat;
  static cv::Mat of(const std::vector<uchar>& value) { return cv::Mat(value, true).reshape(1, 1); }
};

/// Structures of numbers as a Mat, one a row.
template <class T>
cv::Mat rows_of(const std::vector<T>& values) {
  return values.empty() ? cv::Mat() : cv::Mat(values, true).reshape(1, static_cast<int>(values.size()));
}

template <class T>
std::vector<cv::Mat> lists_of(const std::vector<std::vector<T>>& lists) {
  std::vector<cv::Mat> mats;
  for (const std::vector<T>& list : lists) {
    mats.push_back(rows_of(list));
  }
  return mats;
}

template <>
struct Given<std::vector<std::vector<cv::Point3f>>> {
  using Type = std::vector<cv::Mat>;
  static Type of(const std::vector<std::vector<cv::Point3f>>& lists) { return lists_of(lists); }
};

template <class T>
struct Given<std::vector<T>, std::enable_if_t<std::is_enum_v<T>>> {
  using Type = std::vector<int>;
  static std::vector<int> of(const std::vector<T>& values) {
    std::vector<int> numbers;
    for (T value : values) {
      numbers.push_back(static_cast<int>(value));
    }
    return numbers;
  }
};

template <class T>
using Bare = std::remove_cv_t<std::remove_reference_t<T>>;

/// Calls what returns a value.
template <class Call>
auto result_of(Call&& call) -> typename Given<Bare<decltype(call())>>::Type {
  return guarded([&] { return Given<Bare<decltype(call())>>::of(call()); });
}

template <class T>
std::vector<T> vector_of(const val& array) {
  if constexpr (std::is_arithmetic_v<T>) {
    return emscripten::convertJSArrayToNumberVector<T>(array);
  } else {
    return emscripten::vecFromJSArray<T>(array);
  }
}

/// The value of a parameter that OpenCV writes to, as it is before the call.
template <class T>
T taken(const val& holder) {
  return holder["value"].as<T>();
}

/// What OpenCV wrote.
template <class T>
void give_back(val& holder, const T& value) {
  holder.set("value", Given<T>::of(value));
}

/// Bytes that OpenCV wrote to a vector, as a Mat of one row.
inline void give_bytes(cv::Mat& target, const std::vector<uchar>& bytes) {
  cv::Mat(1, static_cast<int>(bytes.size()), CV_8U, const_cast<uchar*>(bytes.data())).copyTo(target);
}

/// Structures of numbers that OpenCV wrote to a vector, as a Mat: one a row.
template <class T>
void give_rows(cv::Mat& target, const std::vector<T>& values) {
  rows_of(values).copyTo(target);
}

inline void give_rows(cv::Mat& target, const std::vector<cv::RotatedRect>& values) {
  target.create(static_cast<int>(values.size()), 5, CV_32F);
  for (int i = 0; i < target.rows; ++i) {
    const cv::RotatedRect& value = values[i];
    const float numbers[] = {value.center.x, value.center.y, value.size.width, value.size.height, value.angle};
    cv::Mat(1, 5, CV_32F, const_cast<float*>(numbers)).copyTo(target.row(i));
  }
}

/// The same of vectors of vectors: a Mat a vector.
template <class T>
void give_lists(std::vector<cv::Mat>& target, const std::vector<std::vector<T>>& lists) {
  target = lists_of(lists);
}

/// Sizes, of a Mat that has one a row.
inline std::vector<cv::Size> sizes_of(const cv::Mat& rows) {
  std::vector<cv::Size> sizes;
  for (int i = 0; i < rows.rows; ++i) {
    sizes.emplace_back(rows.at<int>(i, 0), rows.at<int>(i, 1));
  }
  return sizes;
}

inline std::vector<uchar> bytes_of(const cv::Mat& bytes) {
  return {bytes.data, bytes.data + bytes.total()};
}

inline cv::UMat umat_of(const cv::Mat& mat) {
  cv::UMat umat;
  mat.copyTo(umat);
  return umat;
}

inline std::vector<cv::UMat> umats_of(const std::vector<cv::Mat>& mats) {
  std::vector<cv::UMat> umats;
  for (const cv::Mat& mat : mats) {
    umats.push_back(umat_of(mat));
  }
  return umats;
}

/// What OpenCV wrote; a Mat of the same form is written to in place.
inline void give_umats(std::vector<cv::Mat>& target, const std::vector<cv::UMat>& umats) {
  target.resize(umats.size());
  for (size_t i = 0; i < umats.size(); ++i) {
    umats[i].copyTo(target[i]);
  }
}

/// An object that JavaScript has, as its class or one that it is derived from. It lives as long as is needed.
template <class T>
cv::Ptr<T> shared_of(const val& object) {
  val kept = object.call<val>("clone");
  return cv::Ptr<T>(kept.as<T*>(emscripten::allow_raw_pointers()),
                    [kept](T*) mutable { kept.call<void>("delete"); });
}

/// Objects of a class, of an array of them: copied, or shared if they are shared pointers.
template <class T>
std::vector<T> objects_of(const val& array) {
  std::vector<T> objects;
  const int count = array["length"].as<int>();
  for (int i = 0; i < count; ++i) {
    objects.push_back(array[i].as<T>());
  }
  return objects;
}

template <class T>
val array_of(const std::vector<T>& objects) {
  val array = val::array();
  for (size_t i = 0; i < objects.size(); ++i) {
    array.set(i, objects[i]);
  }
  return array;
}

template <class T>
void give_objects(val& holder, const std::vector<T>& objects) {
  holder.set("value", array_of(objects));
}

/// A number that need not be there.
inline cv::Ptr<float> number_of(const val& holder) {
  const val value = holder["value"];
  return value.isNumber() ? cv::makePtr<float>(value.as<float>()) : cv::Ptr<float>();
}

inline void give_number(val& holder, const cv::Ptr<float>& number) {
  if (number) {
    holder.set("value", *number);
  }
}

/// FLANN's parameters, of an array that has a name, a letter for the type, and a text by turns.
inline void set_parameters(cv::flann::IndexParams& parameters, const val& array) {
  const std::vector<std::string> texts = emscripten::vecFromJSArray<std::string>(array);
  for (size_t i = 0; i + 2 < texts.size(); i += 3) {
    const std::string &name = texts[i], &type = texts[i + 1], &text = texts[i + 2];
    if (type == "b") {
      parameters.setBool(name, text == "1");
    } else if (type == "s") {
      parameters.setString(name, text);
    } else if (type == "f" && name == "eps") {
      parameters.setFloat(name, std::stof(text));
    } else if (type == "f") {
      parameters.setDouble(name, std::stod(text));
    } else if (name == "algorithm") {
      parameters.setAlgorithm(std::stoi(text));
    } else {
      parameters.setInt(name, std::stoi(text));
    }
  }
}

/// A new object with these parameters; ``Default`` has those that hold where none are given.
template <class T, class Default>
cv::Ptr<T> parameters_of(const val& array) {
  if (array["length"].as<int>() == 0) {
    return cv::makePtr<Default>();
  }
  cv::Ptr<T> parameters = cv::makePtr<T>();
  set_parameters(*parameters, array);
  return parameters;
}

/// A function, guarded.
template <class Signature, Signature* Function>
struct Guarded;

template <class Result, class... Arguments, Result (*Function)(Arguments...)>
struct Guarded<Result(Arguments...), Function> {
  static Result call(Arguments... arguments) {
    return guarded([&]() -> Result { return Function(std::forward<Arguments>(arguments)...); });
  }
};

/// A constructor, guarded.
template <class T, class... Arguments>
T* constructed(Arguments... arguments) {
  return guarded([&] { return new T(std::forward<Arguments>(arguments)...); });
}

}  // namespace pyinfer
