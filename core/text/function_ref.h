#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace lyceum::text {

template <typename Signature>
class FunctionRef;

/// A function to call while the caller waits. Refers to it and owns nothing, unlike std::function.
template <typename R, typename... Args>
class FunctionRef<R(Args...)> {
public:
    FunctionRef(R (*function)(Args...))
        : target_{.function = reinterpret_cast<void (*)()>(function)}
        , call_([](Target target, Args... args) -> R {
            return reinterpret_cast<R (*)(Args...)>(target.function)(std::forward<Args>(args)...);
        })
    {
    }
    template <typename F>
    requires(std::is_class_v<std::remove_cvref_t<F>> &&
             !std::is_same_v<std::remove_cvref_t<F>, FunctionRef>) FunctionRef(F&& function)
        : target_{.object = const_cast<void*>(static_cast<const void*>(std::addressof(function)))}
        , call_([](Target target, Args... args) -> R {
            return (*static_cast<std::remove_reference_t<F>*>(target.object))(
                std::forward<Args>(args)...);
        })
    {
    }

    R operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

private:
    union Target {
        void* object;
        void (*function)();
    };
    Target target_;
    R (*call_)(Target, Args...);
};

} // namespace lyceum::text
