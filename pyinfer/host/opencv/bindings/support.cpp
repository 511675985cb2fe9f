#include "support.hpp"

#include <emscripten.h>

#include <exception>
#include <string>
#include <typeinfo>

EM_JS(void, pyinfer_throw,
      (int kind, int code, const char* err, const char* func, const char* file, int line, const char* msg), {
        const error = new Error(UTF8ToString(msg));
        error.name = kind ? "cv::Exception" : "std::exception";
        if (kind) {
          error.code = code;
          error.err = UTF8ToString(err);
          error.func = UTF8ToString(func);
          error.file = UTF8ToString(file);
          error.line = line;
        }
        throw error;
      });

namespace {

std::string name_of(const std::exception& error) { return typeid(error).name(); }

struct Failure {
  int kind = 0;
  int code = 0;
  int line = 0;
  std::string err, func, file, msg;
};

Failure described() {
  Failure failure;
  try {
    throw;
  } catch (const cv::Exception& error) {
    failure = {1, error.code, error.line, error.err, error.func, error.file, error.msg};
  } catch (const std::exception& error) {
    failure.msg = name_of(error) + ": " + error.what();
  } catch (...) {
    failure.msg = "unknown";
  }
  return failure;
}

}  // namespace

namespace pyinfer {

void rethrow_to_javascript() {
  const Failure failure = described();
  pyinfer_throw(failure.kind, failure.code, failure.err.c_str(), failure.func.c_str(), failure.file.c_str(),
                failure.line, failure.msg.c_str());
  __builtin_unreachable();
}

}  // namespace pyinfer

// What Python is told apart by: npm's build has no such name.
EMSCRIPTEN_BINDINGS(pyinfer) {
  emscripten::function("pyinferBuild", +[] { return std::string(CV_VERSION); });
  emscripten::value_object<cv::Point2d>("Point2d").field("x", &cv::Point2d::x).field("y", &cv::Point2d::y);
}
