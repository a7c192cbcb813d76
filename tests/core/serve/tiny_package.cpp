#include "tests/core/serve/tiny_package.h"

#include "core/nn/causal_lm.h"

#include <gtest/gtest.h>

namespace lyceum::serve {
namespace {

std::string utf8(unsigned code_point)
{
    if (code_point < 0x80)
        return {static_cast<char>(code_point)};
    return {static_cast<char>(0xC0U | (code_point >> 6)),
            static_cast<char>(0x80U | (code_point & 0x3FU))};
}

/// GPT-2's bytes_to_unicode: printable bytes stand for themselves, the others follow from U+0100.
std::vector<std::string> byte_vocabulary()
{
    std::vector<std::string> vocabulary;
    unsigned next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool printable =
            (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE);
        vocabulary.push_back(utf8(printable ? byte : next));
        next += printable ? 0U : 1U;
    }
    return vocabulary;
}

} // namespace

std::unique_ptr<ModelQueue> tiny_queue(std::size_t max_waiting)
{
    models::ModelPackage package;
    package.name = "tiny";
    package.architecture = {.vocab_size = 256,
                            .hidden_size = 32,
                            .intermediate_size = 32,
                            .num_hidden_layers = 1,
                            .num_attention_heads = 2,
                            .num_key_value_heads = 1,
                            .head_dim = 16,
                            .max_position_embeddings = 65536};
    text::TokenizerSpec spec;
    spec.vocabulary = byte_vocabulary();
    spec.pre_tokenizer = "gpt2";
    auto tokenizer = text::Tokenizer::create(std::move(spec));
    EXPECT_TRUE(tokenizer) << tokenizer.error().message;
    package.tokenizer = tokenizer.value();
    auto chat = text::ChatTemplate::parse("{% for m in messages %}{{ m['content'] }}{% endfor %}");
    EXPECT_TRUE(chat) << chat.error().message;
    package.chat_template = std::make_shared<text::ChatTemplate>(std::move(chat).value());
    auto model = std::make_shared<nn::CausalLm>(package.architecture);
    at::manual_seed(6);
    const at::NoGradGuard no_grad;
    for (at::Tensor& parameter : model->parameters())
        parameter.normal_();
    return std::make_unique<ModelQueue>(model, package, max_waiting);
}

} // namespace lyceum::serve
