/// @file
/// How fast a tokenizer is on one thread: bench_tokenizer TOKENIZER TEXT [--ids FILE] [--json FILE]
///
/// TOKENIZER is a tokenizer.json, a folder with one, or what `M` means to lyceum. The text is
/// encoded line by line and as a whole, and decoded again; one JSON object says what each took.
/// --ids writes what it came to (int32: the number of lines; of each line its length and ids; the
/// ids of the whole), --json the tokenizer as a tokenizer.json.

#include "core/base/atomic_file.h"
#include "core/models/model_package.h"
#include "core/text/tokenizer.h"

#include <malloc.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <ranges>

namespace lyceum {
namespace {

using text::TokenId;
using text::Tokenizer;
using TokenizerPtr = std::shared_ptr<const Tokenizer>;

struct Encoded {
    std::vector<std::vector<TokenId>> lines;
    std::vector<TokenId> whole;
};

template <typename Value>
Value value_or_exit(Result<Value> result)
{
    if (result)
        return std::move(result).value();
    std::fprintf(stderr, "bench_tokenizer: %s\n", result.error().message.c_str());
    std::exit(1);
}

double thread_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// @return seconds of this thread's processor time: other programs do not count.
template <typename Function>
double time_of(Function run)
{
    const double begin = thread_seconds();
    run();
    return thread_seconds() - begin;
}

/// Makes a tokenizer and adds to `report` how long that took and what it holds.
TokenizerPtr open_tokenizer(const std::filesystem::path& path, nlohmann::json& report)
{
    const bool is_json = path.extension() == ".json";
    const auto file = is_json ? path : path / "tokenizer.json";
    text::TokenizerSpec spec;
    double parse_seconds = 0.0;
    if (is_json || std::filesystem::exists(file)) {
        const std::string json = value_or_exit(read_file(file));
        parse_seconds = time_of([&] { spec = value_or_exit(text::parse_tokenizer_json(json)); });
    } else {
        spec = value_or_exit(models::open_model(path.string(), ".")).tokenizer->spec();
    }
    TokenizerPtr tokenizer;
    const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    text::TokenizerSpec moved = spec;
    const double seconds =
        time_of([&] { tokenizer = value_or_exit(Tokenizer::create(std::move(moved))); });
    report["kind"] = tokenizer->kind();
    report["parse_ms"] = parse_seconds * 1000.0;
    report["create_ms"] = seconds * 1000.0;
    report["held_bytes"] = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    return tokenizer;
}

std::vector<std::string_view> split_lines(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

Encoded measure(const Tokenizer& tokenizer, std::string_view text, nlohmann::json& report)
{
    const auto lines = split_lines(text);
    Encoded encoded;
    encoded.lines.resize(lines.size());
    std::size_t num_tokens = 0;
    const auto add = [&](const char* name, double seconds) {
        report[name] = {{"seconds", seconds},
                        {"megabytes_per_second", static_cast<double>(text.size()) / 1e6 / seconds},
                        {"tokens_per_second", static_cast<double>(num_tokens) / seconds}};
    };
    const double line_seconds = time_of([&] {
        for (std::size_t i = 0; i < lines.size(); ++i)
            encoded.lines[i] = tokenizer.encode(lines[i]);
    });
    const double whole_seconds = time_of([&] { encoded.whole = tokenizer.encode(text); });
    std::size_t decoded_bytes = 0;
    const double decode_lines_seconds = time_of([&] {
        for (const auto& ids : encoded.lines)
            decoded_bytes += tokenizer.decode(ids).size();
    });
    const double decode_seconds =
        time_of([&] { decoded_bytes += tokenizer.decode(encoded.whole).size(); });
    for (const auto& ids : encoded.lines)
        num_tokens += ids.size();
    add("encode_lines", line_seconds);
    add("decode_lines", decode_lines_seconds);
    num_tokens = encoded.whole.size();
    add("encode_whole", whole_seconds);
    add("decode_whole", decode_seconds);
    report["tokens"] = num_tokens;
    report["decoded_bytes"] = decoded_bytes;
    return encoded;
}

void write_ids(const std::string& path, const Encoded& encoded)
{
    std::ofstream file(path, std::ios::binary);
    const auto put = [&file](const std::vector<TokenId>& ids) {
        file.write(reinterpret_cast<const char*>(ids.data()),
                   static_cast<std::streamsize>(ids.size() * sizeof(TokenId)));
    };
    put({static_cast<TokenId>(encoded.lines.size())});
    for (const auto& ids : encoded.lines) {
        put({static_cast<TokenId>(ids.size())});
        put(ids);
    }
    put(encoded.whole);
}

int run(int argc, char** argv)
{
    std::vector<std::string> names;
    std::map<std::string, std::string> options;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument.starts_with("--") && i + 1 < argc)
            options[argument] = argv[++i];
        else
            names.push_back(argument);
    }
    if (names.size() != 2) {
        std::fprintf(stderr, "usage: bench_tokenizer TOKENIZER TEXT [--ids FILE] [--json FILE]\n");
        return 2;
    }
    nlohmann::json report;
    const TokenizerPtr tokenizer = open_tokenizer(names[0], report);
    if (options.contains("--json"))
        std::ofstream(options["--json"]) << tokenizer->to_json();
    const std::string text = value_or_exit(read_file(names[1]));
    const Encoded encoded = measure(*tokenizer, text, report);
    if (options.contains("--ids"))
        write_ids(options["--ids"], encoded);
    std::printf("%s\n", report.dump().c_str());
    return 0;
}

} // namespace
} // namespace lyceum

int main(int argc, char** argv)
{
    return lyceum::run(argc, argv);
}
