#pragma once

#include "ui/widgets/card.h"

namespace lyceum::ui {

class Button;
class DoctorModel;
class Pill;

/// "This computer": a line a check, a fault with its repair.
class ComputerCard final : public QWidget {
    Q_OBJECT

public:
    /// `doctor` outlives the card.
    explicit ComputerCard(DoctorModel& doctor, QWidget* parent = nullptr);

private:
    void refresh();

    DoctorModel& doctor_;
    Card* card_;
    Pill* pill_;
    Button* again_;
    QWidget* lines_ = nullptr;
};

} // namespace lyceum::ui
