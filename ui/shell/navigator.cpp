#include "ui/shell/navigator.h"

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMaxHistory = 200;

struct PlaceKey {
    PlaceId place;
    const char* key;
};
constexpr PlaceKey kPlaceKeys[] = {
    {PlaceId::NewRun, "new-run"}, {PlaceId::Home, "home"},     {PlaceId::Data, "data"},
    {PlaceId::Models, "models"},  {PlaceId::Runs, "runs"},     {PlaceId::Run, "run"},
    {PlaceId::TryIt, "try-it"},   {PlaceId::Export, "export"},
};

} // namespace

QString placeKey(PlaceId place)
{
    for (const auto& entry : kPlaceKeys)
        if (entry.place == place)
            return QString::fromLatin1(entry.key);
    return {};
}

bool placeFromKey(const QString& key, PlaceId& place)
{
    for (const auto& entry : kPlaceKeys) {
        if (key == QLatin1StringView(entry.key)) {
            place = entry.place;
            return true;
        }
    }
    return false;
}

void Navigator::go(const Location& location)
{
    if (position_ < 0 || !(current() == location))
        push(location);
    emit moved(location);
}

void Navigator::note(const Location& location)
{
    if (position_ >= 0 && current() == location)
        return;
    push(location);
}

void Navigator::push(const Location& location)
{
    history_.resize(position_ + 1);
    history_.append(location);
    if (history_.size() > kMaxHistory)
        history_.removeFirst();
    position_ = history_.size() - 1;
    emit historyChanged();
}

void Navigator::back()
{
    if (!canGoBack())
        return;
    --position_;
    emit historyChanged();
    emit moved(current());
}

void Navigator::forward()
{
    if (!canGoForward())
        return;
    ++position_;
    emit historyChanged();
    emit moved(current());
}

} // namespace lyceum::ui
