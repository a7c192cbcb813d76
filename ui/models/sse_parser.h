#pragma once

#include <QByteArray>
#include <QByteArrayList>

namespace lyceum::ui {

/// Server-sent events (WHATWG HTML, section 9.2), the part an OpenAI-compatible stream uses:
/// `data:` lines.
class SseParser {
public:
    /// Adds what has arrived. @return the data of every event that is complete by now.
    [[nodiscard]] QByteArrayList feed(const QByteArray& bytes);

private:
    void readLine(QByteArray line, QByteArrayList& events);

    QByteArray pending_; ///< A line that has not ended yet.
    QByteArray data_;
    bool hasData_ = false;
};

} // namespace lyceum::ui
