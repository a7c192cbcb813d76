#include "ui/models/sse_parser.h"

namespace lyceum::ui {

QByteArrayList SseParser::feed(const QByteArray& bytes)
{
    QByteArrayList events;
    pending_ += bytes;
    qsizetype begin = 0;
    for (qsizetype end = pending_.indexOf('\n'); end >= 0; end = pending_.indexOf('\n', begin)) {
        readLine(pending_.mid(begin, end - begin), events);
        begin = end + 1;
    }
    pending_.remove(0, begin);
    return events;
}

void SseParser::readLine(QByteArray line, QByteArrayList& events)
{
    if (line.endsWith('\r'))
        line.chop(1);
    if (line.isEmpty()) { // an empty line ends the event
        if (hasData_)
            events.append(data_);
        data_.clear();
        hasData_ = false;
        return;
    }
    if (!line.startsWith("data:"))
        return; // event names, ids and comments say nothing here
    line.remove(0, 5);
    if (line.startsWith(' '))
        line.remove(0, 1);
    if (hasData_)
        data_ += '\n';
    data_ += line;
    hasData_ = true;
}

} // namespace lyceum::ui
