#include "core/text/chat_template.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lyceum::text;
    const auto parsed = ChatTemplate::parse({reinterpret_cast<const char*>(data), size});
    if (!parsed)
        return 0;
    const std::vector<Message> messages = {{"system", "Be brief."},
                                           {"user", "caf\u00e9 \"x\"\n<b>"},
                                           {"assistant", "<think>\nhm\n</think>\n\n 5/6 "},
                                           {"user", ""}};
    for (const bool generation : {false, true})
        static_cast<void>(parsed.value().render(
            messages,
            {.add_generation_prompt = generation, .bos_token = "<s>", .eos_token = "</s>"}));
    return 0;
}
