#pragma once

#include "core/base/result.h"
#include "ui/shell/place.h"

namespace lyceum::ui {

class Button;
class ComputerCard;
class DoctorModel;
class DropZone;
class MessageBar;
class PageHeader;
class RecentCard;
class RunningCard;
class StarterCard;

/// Where to start, and where to go on: the starter project first, later the run at hand.
class HomePage final : public Place {
    Q_OBJECT

public:
    explicit HomePage(Context& context, QWidget* parent = nullptr);
    ~HomePage() override;

    void open(const Location& location) override;
    void setNarrow(bool isNarrow) override;

private:
    void makeLayout();
    [[nodiscard]] QWidget* makeLookAround();
    void connectAll();
    void refresh();
    void refreshHeader();
    void startStarter();
    void resume(const QString& name);
    void chooseFile();
    void goTo(PlaceId place, const QString& item = {});
    void report(const QString& title, const Error& error);

    Context& context_;
    DoctorModel* doctor_;
    PageHeader* header_;
    Button* newRun_;
    Button* continue_;
    MessageBar* message_;
    RunningCard* running_;
    StarterCard* starter_;
    DropZone* drop_;
    RecentCard* recent_;
    ComputerCard* computer_;
    QWidget* lookAround_; ///< For those without runs.
    QString continues_;   ///< Run that the Continue button opens.
};

} // namespace lyceum::ui
