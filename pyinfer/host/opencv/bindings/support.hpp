// What the bindings are made of: values for JavaScript, and C++ exceptions as errors that it can read.

#pragma once

#include <emscripten/bind.h>

#include <type_traits>
#include <utility>
#include <vector>

#include "opencv2/core.hpp"

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
