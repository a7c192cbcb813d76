#include "ui/models/new_model_sizes.h"

#include "core/config/fields.h"
#include "core/models/new_model.h"

#include <QCoreApplication>

#include <array>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kByteTokens = 257;

struct Shape {
    const char* key;
    const char* title;
    int hidden = 0;
    int layers = 0;
    int heads = 0;
};

constexpr std::array kShapes = {
    Shape{"tiny", QT_TRANSLATE_NOOP("new_model_sizes", "Tiny"), 128, 4, 4},
    Shape{"small", QT_TRANSLATE_NOOP("new_model_sizes", "Small"), 256, 6, 8},
    Shape{"medium", QT_TRANSLATE_NOOP("new_model_sizes", "Medium"), 512, 8, 8}};

QString configOf(const Shape& shape, const QString& family)
{
    if (family == u"gpt2")
        return u"n_embd: %1\nn_layer: %2\nn_head: %3"_s.arg(shape.hidden)
            .arg(shape.layers)
            .arg(shape.heads);
    return u"hidden_size: %1\nnum_hidden_layers: %2\nnum_attention_heads: %3\n"
           "tie_word_embeddings: true"_s.arg(shape.hidden)
               .arg(shape.layers)
               .arg(shape.heads);
}

} // namespace

std::vector<NewModelSize> newModelSizes(const QString& family)
{
    std::vector<NewModelSize> sizes;
    for (const auto& shape : kShapes)
        sizes.push_back({.key = QString::fromLatin1(shape.key),
                         .title = QCoreApplication::translate("new_model_sizes", shape.title),
                         .config = configOf(shape, family)});
    return sizes;
}

int sizeOf(const std::vector<NewModelSize>& sizes, const QString& config)
{
    for (std::size_t i = 0; i < sizes.size(); ++i)
        if (sizes[i].config == config.trimmed())
            return static_cast<int>(i);
    return -1;
}

std::optional<std::int64_t> countNewModel(config::ModelConfig model, const QString& config)
{
    config::RunConfig run;
    run.model = std::move(model);
    if (config::set_field(run, "model.config", config.toStdString()))
        return std::nullopt;
    const auto& tokenizer = run.model.tokenizer;
    const std::int64_t vocabulary = tokenizer.source == "byte"    ? kByteTokens
                                    : tokenizer.source == "train" ? tokenizer.vocab_size
                                                                  : 1;
    const auto architecture = models::new_architecture(run.model, vocabulary);
    if (!architecture)
        return std::nullopt;
    return models::count_parameters(architecture.value());
}

} // namespace lyceum::ui
