#include "ui/widgets/segmented_control.h"

#include "ui/theme/theme.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kPadding = space::k16;

} // namespace

SegmentedControl::SegmentedControl(const QString& name, QWidget* parent)
    : QWidget(parent)
    , row_(new QHBoxLayout(this))
    , group_(new QButtonGroup(this))
    , combo_(new QComboBox(this))
{
    setAccessibleName(name);
    combo_->setAccessibleName(name);
    combo_->hide();
    row_->setContentsMargins({});
    row_->setSpacing(0);
    row_->addWidget(combo_);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    // Not idClicked: assistive technology toggles without a click.
    connect(group_, &QButtonGroup::idToggled, this, [this](int index, bool isOn) {
        if (!isOn)
            return;
        combo_->setCurrentIndex(index);
        emit chosen(index);
    });
    connect(&Theme::instance(), &Theme::changed, this, &SegmentedControl::restyle);
    connect(combo_, &QComboBox::activated, this,
            [this](int index) { group_->button(index)->setChecked(true); });
}

int SegmentedControl::addSegment(const QString& text, const QString& toolTip)
{
    const int index = count();
    auto* button = new QPushButton(text, this);
    button->setCheckable(true);
    button->setToolTip(toolTip);
    button->setAccessibleName(u"%1: %2"_s.arg(accessibleName(), text));
    button->setChecked(index == 0);
    group_->addButton(button, index);
    row_->addWidget(button);
    combo_->addItem(text);
    restyle();
    return index;
}

void SegmentedControl::setCurrent(int index)
{
    const QSignalBlocker notChosen(group_);
    if (auto* button = group_->button(index))
        button->setChecked(true);
    combo_->setCurrentIndex(index);
}

int SegmentedControl::current() const
{
    return group_->checkedId();
}

int SegmentedControl::count() const
{
    return static_cast<int>(group_->buttons().size());
}

void SegmentedControl::setNarrow(bool isNarrow)
{
    combo_->setVisible(isNarrow);
    for (auto* button : group_->buttons())
        button->setVisible(!isNarrow);
}

void SegmentedControl::restyle()
{
    const int last = count() - 1;
    for (int i = 0; i <= last; ++i) {
        const QString place = last == 0   ? u"only"_s
                              : i == 0    ? u"first"_s
                              : i == last ? u"last"_s
                                          : u"middle"_s;
        auto* button = group_->button(i);
        setStyleProperty(button, "segment", place);
        // The chosen one is bold: room for it, so that choosing moves nothing.
        QFont bold = Theme::instance().font(TextStyle::Small);
        bold.setBold(true);
        button->setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button->text()) +
                                2 * kPadding);
    }
}

} // namespace lyceum::ui
