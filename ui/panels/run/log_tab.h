#pragma once

#include <QWidget>

class QCheckBox;
class QLineEdit;
class QPlainTextEdit;
class QTimer;

namespace lyceum::ui {

class RunModel;
class Session;

/// Log of rank 0: follows its end, filters as you type, copies what is shown.
class LogTab final : public QWidget {
    Q_OBJECT

public:
    LogTab(Session& session, RunModel& run, QWidget* parent = nullptr);

    [[nodiscard]] QString shownText() const;
    void setFilter(const QString& text);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void restart();
    void readMore();
    void append(const QStringList& lines);
    void refilter();

    Session& session_;
    RunModel& run_;
    QPlainTextEdit* text_;
    QLineEdit* filter_;
    QCheckBox* follow_;
    QTimer* timer_;
    std::uint64_t offset_ = 0;
    QByteArray partial_; ///< The end of what was read, after the last line break.
    QStringList lines_;
};

} // namespace lyceum::ui
