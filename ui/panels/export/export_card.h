#pragma once

#include "ui/widgets/card.h"

#include <array>

class QLabel;
class QVBoxLayout;

namespace lyceum::ui {

class ExportJob;
class Pill;

/// The card of one format: what it contains, then how the writing goes, then the proof that it is
/// right.
class ExportCard final : public QWidget {
    Q_OBJECT

public:
    /// `job` outlives the card.
    explicit ExportCard(ExportJob& job, QWidget* parent = nullptr);

private:
    [[nodiscard]] QWidget* makeContents();
    [[nodiscard]] QWidget* makeProgress();
    [[nodiscard]] QWidget* makeResult();
    void refresh();
    void refreshPill();
    void showPage(int shown);
    void showResult();
    void addCheck(const QString& iconName, Role role, const QString& text, const QString& value);
    [[nodiscard]] QString pythonLines() const;

    ExportJob& job_;
    Pill* pill_;
    std::array<QWidget*, 3> pages_{}; ///< Contents, progress, result: one is shown.
    QLabel* progress_;
    QVBoxLayout* checks_;
    QLabel* path_;
    QLabel* python_;
};

} // namespace lyceum::ui
