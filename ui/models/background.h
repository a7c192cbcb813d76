#pragma once

/// @file
/// Slow work off the GUI thread: read files, look into the store, start a run.

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <memory>
#include <utility>

namespace lyceum::ui {

/// Runs `work` on a pool thread, then `done` with its result on the GUI thread.
///
/// `done` is not called when `receiver` is gone by then; `work` must therefore own what it uses.
/// Both are copyable.
template <typename Work, typename Done>
void inBackground(QObject* receiver, Work work, Done done)
{
    const QPointer<QObject> guard(receiver);
    QThreadPool::globalInstance()->start([guard, work, done]() mutable {
        using Value = decltype(work());
        auto result = std::make_shared<Value>(work());
        auto* application = QCoreApplication::instance();
        if (application == nullptr)
            return;
        QMetaObject::invokeMethod(
            application,
            [guard, result, done]() mutable {
                if (guard)
                    done(std::move(*result));
            },
            Qt::QueuedConnection);
    });
}

} // namespace lyceum::ui
