#include "ui/widgets/figure_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

FigureStrip::FigureStrip(int count, QWidget* parent) : QFrame(parent), figures_(count)
{
    setProperty("card", u"true"_s);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::k16, space::k8, space::k16, space::k8);
    row->setSpacing(space::k16);
    for (int i = 0; i < count; ++i) {
        if (i > 0)
            row->addWidget(makeSeparator(Qt::Vertical));
        Cell cell{.caption = makeLabel({}, TextStyle::Caption, Role::Text3),
                  .value = makeElidedLabel(u"—"_s, TextStyle::Figure),
                  .detail = makeElidedLabel({}, TextStyle::Caption, Role::Text3)};
        auto* column = new QVBoxLayout;
        column->setSpacing(0);
        column->addWidget(cell.caption);
        column->addWidget(cell.value);
        column->addWidget(cell.detail);
        row->addLayout(column, 1);
        cells_.append(cell);
    }
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void FigureStrip::setFigure(int index, const Figure& figure)
{
    figures_[index] = figure;
    const Cell& cell = cells_[index];
    cell.caption->setText(figure.caption);
    cell.value->setText(figure.value.isEmpty() ? u"—"_s : figure.value);
    cell.detail->setText(figure.detail);
    setLabelRole(cell.detail, figure.detailRole);
}

void FigureStrip::setNarrow(bool isNarrow)
{
    if (isNarrow_ == isNarrow)
        return;
    isNarrow_ = isNarrow;
    for (const Cell& cell : std::as_const(cells_)) {
        cell.detail->setVisible(!isNarrow);
        setLabelStyle(cell.value, isNarrow ? TextStyle::H2 : TextStyle::Figure);
    }
}

} // namespace lyceum::ui
