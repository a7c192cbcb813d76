#include "core/text/tokenizer.h"

#include <cstddef>

/// A tokenizer as a file describes it, and then texts through it both ways.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace lyceum::text;
    const auto made = Tokenizer::from_json({reinterpret_cast<const char*>(data), size});
    if (!made)
        return 0;
    const Tokenizer& tokenizer = *made.value();
    for (const std::string_view text :
         {"", "Hello, world! It's 12.5%\t of  2024.\n <s>[CLS] a</s>",
          "caf\u00e9 e\u0301 \u0130 \ufb01 \u4f60\u597d \U0001f468\u200d\U0001f469\x80\xff"}) {
        const Encoding encoding = tokenizer.encode_with_offsets(text);
        static_cast<void>(tokenizer.decode(encoding.ids));
        static_cast<void>(tokenizer.decode(tokenizer.encode(text), false));
        StreamDecoder stream(made.value());
        for (const TokenId id : encoding.ids)
            static_cast<void>(stream.push(id));
        static_cast<void>(stream.flush());
    }
    static_cast<void>(tokenizer.encode_pair("a b", "c"));
    static_cast<void>(Tokenizer::from_json(tokenizer.to_json()));
    return 0;
}
