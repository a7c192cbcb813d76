#include "ui/models/export_words.h"

#include <QCoreApplication>
#include <QDir>
#include <QRegularExpression>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ExportWords", text);
}

QVector<ExportSnippet> huggingFaceSnippets(const QString& folder, bool hasChatTemplate)
{
    const QString question =
        hasChatTemplate
            ? u"answer = tutor([{\"role\": \"user\", \"content\": \"What is 1/2 + 1/3?\"}])\n"
              "print(answer[0][\"generated_text\"][-1][\"content\"])"_s
            : u"print(tutor(\"Half and a third make\")[0][\"generated_text\"])"_s;
    return {{tr("Use it from Python, with Transformers"),
             u"from transformers import pipeline\n"
             "tutor = pipeline(\"text-generation\", model=%1)\n%2"_s.arg(pythonQuoted(folder),
                                                                         question)}};
}

QVector<ExportSnippet> ggufSnippets(const QString& folder, const QString& name)
{
    static const QRegularExpression kOther(u"[^a-z0-9._-]+"_s);
    const QString called = name.toLower().replace(kOther, u"-"_s);
    return {{tr("Talk to it with Ollama"),
             u"cd %1\necho 'FROM ./model.gguf' > Modelfile\n"
             "ollama create %2 -f Modelfile && ollama run %2"_s.arg(shellQuoted(folder), called)},
            {tr("Talk to it with llama.cpp"),
             u"llama-cli -m %1"_s.arg(shellQuoted(QDir(folder).filePath(u"model.gguf"_s)))},
            {tr("Give it to LM Studio"),
             u"lms import %1"_s.arg(shellQuoted(QDir(folder).filePath(u"model.gguf"_s)))}};
}

QVector<ExportSnippet> torchSnippets(const QString& folder)
{
    return {{tr("Load the weights in PyTorch"),
             u"import torch\nweights = torch.load(%1, weights_only=True)\n"
             "print({name: tuple(w.shape) for name, w in weights.items()})"_s.arg(
                 pythonQuoted(QDir(folder).filePath(u"pytorch_model.bin"_s)))}};
}

QVector<ExportSnippet> adapterSnippets(const QString& folder, const QString& baseModel)
{
    return {{tr("Put it on the base model, with PEFT"),
             u"from peft import PeftModel\n"
             "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
             "base = AutoModelForCausalLM.from_pretrained(%1)\n"
             "tokenizer = AutoTokenizer.from_pretrained(%1)\n"
             "tutor = PeftModel.from_pretrained(base, %2)"_s.arg(pythonQuoted(baseModel),
                                                                 pythonQuoted(folder))}};
}

} // namespace

QStringList exportFormats()
{
    return {u"hf"_s, u"gguf"_s, u"torch"_s, u"adapter"_s};
}

ExportWords exportWords(const QString& format)
{
    if (format == u"hf"_s)
        return {.title = tr("Hugging Face folder"),
                .purpose = tr("The common form: for Transformers, vLLM and most other tools, and "
                              "for training on elsewhere."),
                .folder = u"hugging-face"_s,
                .dtype = u"float32"_s};
    if (format == u"gguf"_s)
        return {.title = tr("GGUF file"),
                .purpose = tr("One file to chat with on ordinary computers: for Ollama, LM Studio "
                              "and llama.cpp."),
                .folder = u"gguf"_s,
                .dtype = u"q8_0"_s};
    if (format == u"torch"_s)
        return {.title = tr("PyTorch state dict"),
                .purpose = tr("The weights as PyTorch saves them, for those who write their own "
                              "Python."),
                .folder = u"pytorch"_s,
                .dtype = u"float32"_s};
    return {.title = tr("Adapter only"),
            .purpose = tr("Just what this run learnt, for PEFT and people who have the base model "
                          "already."),
            .folder = u"adapter"_s,
            .dtype = u"float32"_s};
}

QString dtypeWords(const QString& dtype)
{
    if (dtype == u"float32"_s)
        return tr("float32, exact");
    if (dtype == u"bfloat16"_s)
        return tr("bfloat16, half the size");
    if (dtype == u"float16"_s)
        return tr("float16, half the size");
    if (dtype == u"q8_0"_s)
        return tr("Q8_0, 8 bits a weight");
    if (dtype == u"q4_0"_s)
        return tr("Q4_0, 4 bits a weight, coarser");
    return dtype;
}

QVector<ExportSnippet> exportSnippets(const QString& format, const QString& folder,
                                      const QString& name, const QString& baseModel,
                                      bool hasChatTemplate)
{
    if (format == u"hf"_s)
        return huggingFaceSnippets(folder, hasChatTemplate);
    if (format == u"gguf"_s)
        return ggufSnippets(folder, name);
    if (format == u"torch"_s)
        return torchSnippets(folder);
    return adapterSnippets(folder, baseModel);
}

QString shellQuoted(const QString& text)
{
    return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

QString pythonQuoted(const QString& text)
{
    return u'"' + QString(text).replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s) + u'"';
}

} // namespace lyceum::ui
