#include "core/text/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <utility>

namespace lyceum::text {
namespace {

constexpr std::uint32_t kMatchLimit = 10'000'000;
constexpr std::size_t kJitStackBytes = std::size_t{1} << 20U;

pcre2_code* code_of(void* code)
{
    return static_cast<pcre2_code*>(code);
}

/// The scratch memory of one thread's matching.
class Scratch {
public:
    Scratch()
        : data_(pcre2_match_data_create(1, nullptr))
        , context_(pcre2_match_context_create(nullptr))
        , stack_(pcre2_jit_stack_create(kJitStackBytes / 32, kJitStackBytes, nullptr))
    {
        pcre2_set_match_limit(context_, kMatchLimit);
        pcre2_jit_stack_assign(context_, nullptr, stack_);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch()
    {
        pcre2_match_data_free(data_);
        pcre2_match_context_free(context_);
        pcre2_jit_stack_free(stack_);
    }
    [[nodiscard]] pcre2_match_data* data() const { return data_; }
    [[nodiscard]] pcre2_match_context* context() const { return context_; }

private:
    pcre2_match_data* data_;
    pcre2_match_context* context_;
    pcre2_jit_stack* stack_;
};

} // namespace

Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern)
{
    LYCEUM_ASSIGN(const std::string adapted, adapt_pattern(pattern));
    int error_number = 0;
    PCRE2_SIZE error_offset = 0;
    pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(adapted.data()), adapted.size(),
                                     PCRE2_UTF | PCRE2_UCP, &error_number, &error_offset, nullptr);
    if (code == nullptr) {
        std::array<PCRE2_UCHAR, 160> reason{};
        pcre2_get_error_message(error_number, reason.data(), reason.size());
        return Error{ErrorCode::InvalidData,
                     "The tokenizer's pattern \"" + std::string(pattern) +
                         "\" is not a regular expression: " +
                         reinterpret_cast<const char*>(reason.data()) + ".",
                     ""};
    }
    const bool is_compiled = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
    return std::shared_ptr<const Regex>(new Regex(code, is_compiled));
}

Regex::~Regex()
{
    pcre2_code_free(code_of(code_));
}

std::optional<Match> Regex::find(std::string_view text, std::size_t offset) const
{
    thread_local const Scratch scratch;
    const auto match = is_compiled_ ? pcre2_jit_match : pcre2_match;
    const int status = match(code_of(code_), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                             offset, PCRE2_NO_UTF_CHECK, scratch.data(), scratch.context());
    if (status < 0)
        return std::nullopt;
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(scratch.data());
    return Match{.begin = bounds[0], .end = bounds[1]};
}

} // namespace lyceum::text
