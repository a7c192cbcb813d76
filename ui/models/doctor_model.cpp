#include "ui/models/doctor_model.h"

#include "ui/models/background.h"

#include <algorithm>

namespace lyceum::ui {

DoctorModel::DoctorModel(std::filesystem::path workspace, QObject* parent)
    : QObject(parent), workspace_(std::move(workspace))
{
}

void DoctorModel::check()
{
    if (isChecking_)
        return;
    isChecking_ = true;
    emit changed();
    inBackground(
        this, [workspace = workspace_] { return jobs::run_doctor(workspace); },
        [this](std::vector<jobs::DoctorCheck> checks) {
            checks_ = std::move(checks);
            isChecking_ = false;
            emit changed();
        });
}

DoctorModel::Verdict DoctorModel::verdict() const
{
    const auto has = [this](const char* status) {
        return std::any_of(
            checks_.begin(), checks_.end(),
            [status](const jobs::DoctorCheck& check) { return check.status == status; });
    };
    if (checks_.empty())
        return Verdict::Checking;
    if (has("fault"))
        return Verdict::Faults;
    return has("note") ? Verdict::Notes : Verdict::Ready;
}

} // namespace lyceum::ui
