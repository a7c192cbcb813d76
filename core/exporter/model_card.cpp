#include "core/exporter/model_card.h"

#include "core/models/new_model.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace lyceum::exporter {
namespace {

/// Only what cannot break out of a line of YAML.
std::string plain_word(std::string_view text)
{
    std::string word;
    for (const char c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            std::string_view("._-/").find(c) != std::string_view::npos)
            word += c;
    return word;
}

std::string lower(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string number(const char* format, double value)
{
    std::array<char, 64> buffer = {};
    std::snprintf(buffer.data(), buffer.size(), format, value);
    return buffer.data();
}

std::string front_matter(const models::ModelPackage& package)
{
    std::string text = "---\n";
    if (const std::string licence = plain_word(lower(package.licence.name)); !licence.empty())
        text += "license: " + licence + "\n";
    if (const std::string base = hub_name(package.licence.source); !base.empty())
        text += "base_model: " + base + "\n";
    return text +
           "library_name: transformers\npipeline_tag: text-generation\ntags:\n- lyceum\n---\n";
}

std::string method_name(const models::CheckpointManifest& checkpoint)
{
    const std::string name = checkpoint.use_dora ? "DoRA" : "LoRA";
    return checkpoint.method == "qlora" ? "Q" + name : name;
}

std::string training_section(const Provenance& provenance)
{
    const models::CheckpointManifest& checkpoint = *provenance.checkpoint;
    std::string text = "\n## Training\n\nRun `" + checkpoint.run + "`, step " +
                       std::to_string(checkpoint.step) + ", on `" + checkpoint.base_model + "`, ";
    if (checkpoint.has_adapter())
        text += "with " + method_name(checkpoint) + " of rank " +
                std::to_string(checkpoint.lora_rank) + " and alpha " +
                number("%g", checkpoint.lora_alpha) +
                (checkpoint.use_rslora ? " over the root of the rank (rsLoRA)" : "") +
                ", merged into the weights";
    else
        text += "all weights";
    text += ".";
    if (checkpoint.method == "qlora")
        text += " While it trained, the base model's matrices were kept in 4 bits (NF4); the "
                "adapter is merged into the base model as its file has it, so that losses differ "
                "a little from those of the training.";
    if (checkpoint.val_loss)
        text += " Validation loss: " + number("%.4f", *checkpoint.val_loss) + " nats per token.";
    text += "\n";
    if (!provenance.run_yaml.empty())
        text += "\nThe run's configuration:\n\n```yaml\n" + provenance.run_yaml + "```\n";
    if (!provenance.environment_json.empty())
        text += "\nWhat it ran with:\n\n```json\n" + provenance.environment_json + "```\n";
    return text;
}

/// Formats that Transformers loads from the folder.
bool has_folder(const Provenance& provenance)
{
    return std::ranges::any_of(provenance.formats, [](Format format) {
        return format == Format::HuggingFace || format == Format::Torch;
    });
}

std::string gguf_section(const Provenance& provenance)
{
    if (std::ranges::find(provenance.formats, Format::Gguf) == provenance.formats.end())
        return {};
    return "\nWith llama.cpp, or any program that reads GGUF:\n\n```sh\n"
           "llama-cli -m model.gguf\n```\n";
}

std::string adapter_section(const Provenance& provenance)
{
    if (std::ranges::find(provenance.formats, Format::Adapter) == provenance.formats.end())
        return {};
    return std::string("\nThe adapter with PEFT, on the base model:\n\n```python\n"
                       "from peft import AutoPeftModelForCausalLM\n\n"
                       "model = AutoPeftModelForCausalLM.from_pretrained(\"") +
           (provenance.formats.size() == 1 ? "." : "adapter") + "\")\n```\n";
}

std::string use_section(const models::ModelPackage& package, const Provenance& provenance)
{
    if (!has_folder(provenance))
        return "\n## Use\n" + gguf_section(provenance) + adapter_section(provenance);
    const bool chat = package.chat_template != nullptr;
    return std::string("\n## Use\n\n```python\n"
                       "from transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
                       "tokenizer = AutoTokenizer.from_pretrained(\".\")\n"
                       "model = AutoModelForCausalLM.from_pretrained(\".\")\n") +
           (chat ? "messages = [{\"role\": \"user\", \"content\": \"What is 1/2 + 1/3?\"}]\n"
                   "inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, "
                   "return_tensors=\"pt\", return_dict=True)\n"
                 : "inputs = tokenizer(\"Once upon a time\", return_tensors=\"pt\")\n") +
           "output = model.generate(**inputs, max_new_tokens=160, do_sample=False)\n"
           "print(tokenizer.decode(output[0, inputs[\"input_ids\"].shape[1]:], "
           "skip_special_tokens=True))\n```\n" +
           gguf_section(provenance) + adapter_section(provenance);
}

} // namespace

std::string hub_name(std::string_view source)
{
    constexpr std::string_view kHub = "huggingface.co/";
    const std::size_t at = source.find(kHub);
    if (at == std::string_view::npos)
        return {};
    const std::string_view rest = source.substr(at + kHub.size());
    return plain_word(rest.substr(0, rest.find_first_of(" ;,)\n")));
}

std::string make_model_card(const models::ModelPackage& package, const Provenance& provenance)
{
    const std::string& title =
        provenance.checkpoint ? provenance.checkpoint->run : package.base_name;
    std::string text = front_matter(package) + "\n# " + title + "\n\n";
    text += "A " + package.architecture.family + " model with " +
            std::to_string(package.num_parameters) + " parameters, written by Lyceum " +
            provenance.version + " on " + provenance.time + " as " + provenance.dtype + ".\n";
    if (provenance.checkpoint)
        text += training_section(provenance);
    text += "\n## Source and licence\n\n";
    if (!package.licence.source.empty())
        text += "Base model: " + package.licence.source + ".\n";
    if (provenance.checkpoint && provenance.checkpoint->base_model == models::kFromScratch)
        text += "Its weights began at random: the licence is yours to give, as far as that of the "
                "training data allows.\n";
    else
        text += package.licence.name.empty()
                    ? "The licence of the base model is not stated in its file; ask its maker.\n"
                    : "Licence of the base model: " + package.licence.name + ".\n";
    if (package.dtype != "F32")
        text += "The base model's file stores its weights as " + package.dtype +
                "; a file of more bits does not make them more exact.\n";
    text += use_section(package, provenance);
    text +=
        "\n## Verification\n\nRead back after writing: tensors, token ids and chat template are "
        "equal, and on a probe of " +
        std::to_string(provenance.probe_tokens) +
        " tokens no logit differs from the model before the export by more than " +
        number("%.3g", provenance.max_difference) +
        ".\n`lyceum_export.json` has the SHA-256 of each file.\n";
    return text;
}

} // namespace lyceum::exporter
