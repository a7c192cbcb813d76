#pragma once

#include "ui/models/export_words.h"
#include "ui/theme/tokens.h"

#include <QWidget>

class QVBoxLayout;

namespace lyceum::ui {

class ExportJob;

/// The proof of one finished export: what was compared with what and how it went, the files with
/// their hashes, and the lines people need next.
class ExportResult final : public QWidget {
    Q_OBJECT

public:
    /// @param job is Done.
    ExportResult(const ExportJob& job, const QVector<ExportSnippet>& snippets,
                 QWidget* parent = nullptr);

    /// "3.1 × 10⁻⁵"; exactly nothing is "0".
    [[nodiscard]] static QString difference(double value);

private:
    void addChecks(const ExportJob& job);
    void addCheck(bool isGood, const QString& text, const QString& value);
    void addButtons(const ExportJob& job);
    void addSnippet(const ExportSnippet& snippet);
    [[nodiscard]] QWidget* makeFiles(const ExportJob& job);

    QVBoxLayout* column_;
};

} // namespace lyceum::ui
