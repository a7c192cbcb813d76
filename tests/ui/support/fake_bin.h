#pragma once

#include <QByteArray>
#include <QFile>
#include <QTemporaryDir>

namespace lyceum::test {

/// A folder with a script in the place of lyceum-engine, which $LYCEUM_BIN names while this lives.
class FakeBin {
public:
    explicit FakeBin(const QByteArray& body) : before_(qgetenv("LYCEUM_BIN"))
    {
        QFile file(folder_.filePath(QStringLiteral("lyceum-engine")));
        file.open(QIODevice::WriteOnly);
        file.write("#!/bin/sh\n" + body);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("LYCEUM_BIN", folder_.path().toUtf8());
    }
    ~FakeBin() { qputenv("LYCEUM_BIN", before_); }

private:
    QTemporaryDir folder_;
    QByteArray before_;
};

/// What a LoRA run of SmolLM2 can be written as, and an engine that writes a few files.
inline QByteArray exportEngine(const QByteArray& write)
{
    return "case \"$*\" in *--list*) echo '{\"base_model\":\"HuggingFaceTB/SmolLM2-135M-Instruct\","
           "\"has_chat_template\":true,\"formats\":[{\"format\":\"hf\",\"dtypes\":[{\"dtype\":"
           "\"float32\",\"size_bytes\":538060032},{\"dtype\":\"bfloat16\",\"size_bytes\":269030016}"
           "]},{\"format\":\"gguf\",\"dtypes\":[{\"dtype\":\"float32\",\"size_bytes\":538060032},{"
           "\"dtype\":\"q8_0\",\"size_bytes\":143000000},{\"dtype\":\"q4_0\",\"size_bytes\":"
           "90000000}]},{\"format\":\"torch\",\"dtypes\":[{\"dtype\":\"float32\",\"size_bytes\":"
           "538060032}]},{\"format\":\"adapter\",\"dtypes\":[],\"problem\":\"fractions-tutor has "
           "no "
           "adapter: it was not trained with LoRA\",\"hint\":\"Name a run with method lora, or "
           "export --format hf.\"}]}'; exit 0;; esac\n" +
           write;
}

/// Fails for the state dict, so that a picture has each outcome.
inline constexpr const char* kWritesExports =
    "echo 'writing the weights for hf' >&2\nmkdir -p \"$8\"\n"
    "for f in config.json model.safetensors tokenizer.json; do echo x > \"$8/$f\"; done\nsleep 1\n"
    "[ $6 = torch ] && { echo '{\"error\":{\"message\":\"the disk is full\",\"hint\":\"Free some "
    "space.\"}}'; exit 1; }\n"
    "echo '{\"files\":[\"config.json\",\"model.safetensors\",\"tokenizer.json\"],\"sha256\":{"
    "\"config.json\":\"0b5f1ad1ba9e3c6b8c6f0a14a2eac1ff7c0d6b3a2b1f4c0f3b6f5f7e2a9d8c41\"},"
    "\"verified\":true,\"max_difference\":0.000031,\"formats\":[{\"tensors\":272,\"probe_tokens\":"
    "96,\"same_choices\":96,\"limit\":0.001,\"max_difference\":0.000031}]}'\n";

} // namespace lyceum::test
