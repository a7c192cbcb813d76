#include "ui/widgets/focus_ring.h"

#include "ui/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QKeyEvent>
#include <QPainter>

namespace lyceum::ui {

namespace {

constexpr int kGap = 2;
constexpr int kWidth = 2;

bool movesFocus(const QKeyEvent& event)
{
    switch (event.key()) {
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_F6:
        return true;
    default:
        return false;
    }
}

} // namespace

FocusRing::FocusRing(QWidget* window) : QWidget(window)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    qApp->installEventFilter(this);
    connect(qApp, &QApplication::focusChanged, this,
            [this](QWidget*, QWidget* now) { follow(now); });
}

void FocusRing::follow(QWidget* widget)
{
    target_ = widget;
    if (!isKeyboard_ || !widget || widget->isWindow() || widget->window() != parentWidget()) {
        hide();
        return;
    }
    place();
    raise();
}

void FocusRing::place()
{
    const QRect box(target_->mapTo(parentWidget(), QPoint()), target_->size());
    const int margin = kGap + kWidth;
    setGeometry(box.adjusted(-margin, -margin, margin, margin));
    setVisible(target_->isVisible() && !target_->visibleRegion().isEmpty());
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
        if (movesFocus(*static_cast<QKeyEvent*>(event)) && !isKeyboard_) {
            isKeyboard_ = true;
            follow(QApplication::focusWidget());
        }
        break;
    case QEvent::MouseButtonPress:
        isKeyboard_ = false;
        hide();
        break;
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Hide:
    case QEvent::LayoutRequest:
        if (watched != this && isKeyboard_ && target_ && !isHidden())
            place();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void FocusRing::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tokens().accent, kWidth));
    painter.setBrush(Qt::NoBrush);
    const qreal inset = kWidth / 2.0;
    const qreal radius = measure::kRadiusControl + kGap;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), radius, radius);
}

} // namespace lyceum::ui
