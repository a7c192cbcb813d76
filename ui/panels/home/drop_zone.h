#pragma once

#include <QFrame>

namespace lyceum::ui {

/// A place to drop a file of records, with a button for those who do not drag.
class DropZone final : public QFrame {
    Q_OBJECT

public:
    explicit DropZone(QWidget* parent = nullptr);

signals:
    void fileDropped(const QString& path);
    void chooseRequested();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void showActive(bool isActive);
};

} // namespace lyceum::ui
