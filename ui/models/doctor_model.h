#pragma once

#include "core/jobs/jobs.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <vector>

namespace lyceum::ui {

/// What this computer can do, checked off the GUI thread. GUI thread only.
class DoctorModel final : public QObject {
    Q_OBJECT

public:
    enum class Verdict { Checking, Ready, Notes, Faults };

    explicit DoctorModel(std::filesystem::path workspace, QObject* parent = nullptr);

    void check(); ///< Again, in the background; the old answers stay until the new ones are here.
    [[nodiscard]] const std::vector<jobs::DoctorCheck>& checks() const { return checks_; }
    [[nodiscard]] Verdict verdict() const;
    [[nodiscard]] bool isChecking() const { return isChecking_; }

signals:
    void changed();

private:
    std::filesystem::path workspace_;
    std::vector<jobs::DoctorCheck> checks_;
    bool isChecking_ = false;
};

} // namespace lyceum::ui
