#pragma once

#include "core/store/run_store.h"
#include "ui/widgets/card.h"

#include <vector>

namespace lyceum::ui {

/// The last few runs, each with its state, its lowest loss and one thing to do with it.
class RecentCard final : public QWidget {
    Q_OBJECT

public:
    explicit RecentCard(QWidget* parent = nullptr);

    void showRuns(const std::vector<store::RunRow>& runs);

signals:
    void openRequested(const QString& name);
    void tryRequested(const QString& name);
    void resumeRequested(const QString& name);
    void allRequested();

private:
    [[nodiscard]] QWidget* makeLine(const store::RunRow& run);

    Card* card_;
    QWidget* lines_ = nullptr;
    QString shown_; ///< What the lines were made from, so that they are only made anew when that
                    ///< changed.
};

} // namespace lyceum::ui
