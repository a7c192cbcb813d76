#pragma once

/// @file
/// What the studio says about export formats: names, purposes, and the lines people need next.

#include <QString>
#include <QStringList>
#include <QVector>

namespace lyceum::ui {

/// The engine's names: "hf", "gguf", "torch", "adapter".
[[nodiscard]] QStringList exportFormats();

struct ExportWords {
    QString title;   ///< "Hugging Face folder"
    QString purpose; ///< Who needs it, in a sentence.
    QString folder;  ///< Its own folder inside the export's.
    QString dtype;   ///< What is chosen at first.
};
[[nodiscard]] ExportWords exportWords(const QString& format);

/// "float16, half the size".
[[nodiscard]] QString dtypeWords(const QString& dtype);

/// Something to copy into a terminal or a Python program.
struct ExportSnippet {
    QString title;
    QString text;
};
/// @param folder the format's own, absolute. @param name what the model is to be called.
/// @param baseModel what an adapter is put on.
[[nodiscard]] QVector<ExportSnippet> exportSnippets(const QString& format, const QString& folder,
                                                    const QString& name, const QString& baseModel,
                                                    bool hasChatTemplate);

/// In single quotes, as a shell takes it.
[[nodiscard]] QString shellQuoted(const QString& text);
/// In double quotes, as Python takes it.
[[nodiscard]] QString pythonQuoted(const QString& text);

} // namespace lyceum::ui
