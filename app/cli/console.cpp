#include "app/cli/console.h"

#include <cstdio>
#include <string>

namespace lyceum::cli {
namespace {

void write(std::FILE* stream, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fputc('\n', stream);
    std::fflush(stream);
}

} // namespace

void print_json(const Json& object)
{
    write(stdout, object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print_line(std::string_view line)
{
    write(stdout, line);
}

void say(std::string_view line)
{
    write(stderr, line);
}

int fail(const Context& context, const Error& error)
{
    say("error: " + error.message);
    if (!error.hint.empty())
        say("       " + error.hint);
    if (context.json)
        print_json({{"error", {{"message", error.message}, {"hint", error.hint}}}});
    switch (error.code) {
    case ErrorCode::InvalidConfig:
        return kWrongUsage;
    case ErrorCode::Cancelled:
        return kStoppedBySignal;
    default:
        return kFailed;
    }
}

} // namespace lyceum::cli
