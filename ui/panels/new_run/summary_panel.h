#pragma once

#include "ui/theme/tokens.h"

#include <QWidget>

#include <array>

class QLabel;
class QVBoxLayout;

namespace lyceum::ui {

class Button;
class FieldEditor;
class FigureStrip;
class IconLabel;
class RunDraft;
class RunEstimator;

/// Right of New run: what the draft will do, what is wrong with it, its name, and the button that
/// starts it.
class SummaryPanel final : public QWidget {
    Q_OBJECT

public:
    /// Both outlive the panel.
    SummaryPanel(RunDraft& draft, RunEstimator& estimator, QWidget* parent = nullptr);

    void setStarting(bool isStarting);
    [[nodiscard]] bool canStart() const;

signals:
    void startRequested();
    void fieldRequested(const QString& path);

private:
    void makeLayout();
    void refresh();
    void refreshVerdict();
    void refreshFigures();
    void refreshLines();
    void addLine(bool isGood, const QString& text);
    void addProblem(const QString& path, const QString& text);
    void setVerdict(const QString& iconName, Role role, const QString& title, const QString& text);

    RunDraft& draft_;
    RunEstimator& estimator_;
    IconLabel* verdictIcon_;
    QLabel* verdict_;
    QLabel* verdictText_;
    std::array<FigureStrip*, 2> figures_;
    QVBoxLayout* lines_;
    FieldEditor* name_;
    Button* start_;
    QLabel* startNote_;
    bool isStarting_ = false;
};

} // namespace lyceum::ui
