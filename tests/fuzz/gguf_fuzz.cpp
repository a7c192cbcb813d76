#include "core/formats/gguf.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto file = lyceum::formats::GgufFile::open(lyceum::test::fuzz_file(data, size));
    if (!file)
        return 0;
    lyceum::test::read_everything(*file.value());
    for (const std::string& key : file.value()->keys()) {
        static_cast<void>(file.value()->get_string(key));
        static_cast<void>(file.value()->get_strings(key));
        static_cast<void>(file.value()->get_integers(key));
        static_cast<void>(file.value()->get_number(key));
        static_cast<void>(file.value()->get_bool(key));
    }
    return 0;
}
