#include "app/cli/verbs.h"
#include "core/base/text.h"
#include "core/models/model_package.h"

#include <algorithm>
#include <cmath>

namespace lyceum::cli {
namespace {

// "135 M", the way people speak of sizes.
std::string millions(std::int64_t parameters)
{
    return std::to_string(std::llround(static_cast<double>(parameters) / 1e6)) + " M";
}

Json licence_json(const models::Licence& licence)
{
    return {{"name", licence.name}, {"source", licence.source}};
}

std::string pooling_names(const models::SentenceEmbedding& embedding)
{
    std::string names;
    for (const models::Pooling pooling : embedding.pooling)
        names.append(names.empty() ? "" : "+").append(models::pooling_name(pooling));
    return names;
}

std::int64_t embedding_length(const models::ModelPackage& model)
{
    const std::int64_t context = model.architecture.context_length();
    return model.embedding->max_length > 0 ? std::min(model.embedding->max_length, context)
                                           : context;
}

std::int64_t embedding_dimension(const models::ModelPackage& model)
{
    return model.architecture.hidden_size *
           static_cast<std::int64_t>(model.embedding->pooling.size());
}

Json describe(const models::ModelPackage& model)
{
    const models::Architecture& shape = model.architecture;
    Json json{{"name", model.name},
              {"architecture", shape.family},
              {"parameters", model.num_parameters},
              {"dtype", model.dtype},
              {"context_length", shape.context_length()},
              {"vocabulary_size", shape.vocab_size},
              {"hidden_size", shape.hidden_size},
              {"intermediate_size", shape.intermediate_size},
              {"num_hidden_layers", shape.num_hidden_layers},
              {"num_attention_heads", shape.num_attention_heads},
              {"num_key_value_heads", shape.num_key_value_heads},
              {"head_dim", shape.head_dim},
              {"tie_word_embeddings", shape.tie_word_embeddings}};
    json["tokenizer"] = {{"kind", model.tokenizer->kind()},
                         {"size", model.tokenizer->vocabulary_size()},
                         {"chat_template", model.chat_template != nullptr}};
    if (model.embedding)
        json["embedding"] = {{"pooling", pooling_names(*model.embedding)},
                             {"stated", model.embedding->is_stated},
                             {"normalize", model.embedding->normalize},
                             {"max_length", embedding_length(model)},
                             {"dimension", embedding_dimension(model)}};
    json["base"] = model.base_name;
    if (model.adapter)
        json["adapter"] = {{"method", "lora"},
                           {"rank", model.adapter->rank},
                           {"alpha", model.adapter->alpha},
                           {"use_rslora", model.adapter->use_rslora},
                           {"use_dora", model.adapter->use_dora}};
    json["licence"] = licence_json(model.licence);
    json["path"] = model.path.string();
    return json;
}

void print_description(const models::ModelPackage& model)
{
    const models::Architecture& shape = model.architecture;
    const auto row = [](std::string label, const std::string& value) {
        label.resize(16, ' ');
        print_line(label + value);
    };
    row("name", model.name);
    row("architecture", shape.family + ", " + std::to_string(shape.num_hidden_layers) +
                            " layers, width " + std::to_string(shape.hidden_size) + ", " +
                            std::to_string(shape.num_attention_heads) + " heads (" +
                            std::to_string(shape.num_key_value_heads) + " for keys and values)");
    row("parameters",
        std::to_string(model.num_parameters) + " (" + millions(model.num_parameters) + ")");
    row("stored as", model.dtype);
    row("context length", std::to_string(shape.context_length()) + " tokens");
    row("tokenizer",
        model.tokenizer->kind() + ", " + std::to_string(model.tokenizer->vocabulary_size()) +
            " tokens" +
            (model.chat_template ? ", with a chat template" : ", without a chat template"));
    if (model.embedding)
        row("embeddings",
            pooling_names(*model.embedding) +
                (model.embedding->is_stated ? " pooling, " : " pooling by default, ") +
                std::to_string(embedding_dimension(model)) + " numbers" +
                (model.embedding->normalize ? " of length 1" : "") + ", at most " +
                std::to_string(embedding_length(model)) + " tokens");
    if (model.adapter)
        row("adapter", std::string(model.adapter->use_dora ? "DoRA" : "LoRA") + " of rank " +
                           std::to_string(model.adapter->rank) + " on " + model.base_name);
    row("licence", model.licence.name);
    row("source", model.licence.source);
    row("path", model.path.string());
}

} // namespace

Result<int> run(const ModelsList&, const Context& context)
{
    LYCEUM_ASSIGN(const std::vector<models::ModelSummary> models,
                  models::list_models(context.workspace));
    for (const models::ModelSummary& model : models) {
        if (context.json)
            print_json({{"name", model.name},
                        {"title", model.title},
                        {"architecture", model.architecture},
                        {"parameters", model.num_parameters},
                        {"dtype", model.dtype},
                        {"size_bytes", model.size_bytes},
                        {"licence", licence_json(model.licence)},
                        {"path", model.path.string()},
                        {"present", model.present}});
        else
            print_line(model.name + "  " + millions(model.num_parameters) + " parameters, " +
                       model.dtype + ", " + format_bytes(model.size_bytes) + ", " +
                       model.licence.name + (model.present ? "" : "  (not on this computer)"));
    }
    return kDone;
}

Result<int> run(const ModelsInspect& command, const Context& context)
{
    LYCEUM_ASSIGN(const models::ModelPackage model,
                  models::open_model(command.model, context.workspace));
    if (context.json)
        print_json(describe(model));
    else
        print_description(model);
    return kDone;
}

} // namespace lyceum::cli
