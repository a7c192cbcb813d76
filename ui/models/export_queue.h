#pragma once

#include "ui/models/export_job.h"

#include <QObject>
#include <QStringList>
#include <QVector>

namespace lyceum::ui {

/// One job a format, run one after the other: each reads the whole model. GUI thread only.
class ExportQueue final : public QObject {
    Q_OBJECT

public:
    /// @param program path of lyceum-engine. @param formats one job each, in this order.
    ExportQueue(const QString& program, const QString& workspace, const QStringList& formats,
                QObject* parent = nullptr);

    [[nodiscard]] const QVector<ExportJob*>& jobs() const noexcept { return jobs_; }
    /// Of a format that the queue was made with.
    [[nodiscard]] ExportJob& job(const QString& format) const;

    /// Forgets what was exported before and starts with the first of `requests`.
    void start(const QVector<ExportJob::Request>& requests);
    void cancel(); ///< The one that runs and those that wait.
    void reset();  ///< All idle, unless one runs.

    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] int count(ExportJob::State state) const;

signals:
    void changed(); ///< The state of a job.

private:
    void jobChanged(const ExportJob& job);
    void startNext();

    QVector<ExportJob*> jobs_;
};

} // namespace lyceum::ui
