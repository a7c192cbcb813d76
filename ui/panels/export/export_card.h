#pragma once

#include "ui/models/export_offers.h"
#include "ui/models/export_words.h"
#include "ui/widgets/card.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QProgressBar;
class QVBoxLayout;

namespace lyceum::ui {

class ExportJob;
class ExportResult;
class IconLabel;
class Pill;

/// The card of one format: who needs it, how exact and how large it is to be, then how the writing
/// goes, then the proof that it is right; or why this model cannot be written so.
class ExportCard final : public QWidget {
    Q_OBJECT

public:
    /// What the lines to copy need to know.
    struct Subject {
        QString name; ///< What others may call the model.
        QString baseModel;
        bool hasChatTemplate = false;
    };

    /// `job` outlives the card.
    ExportCard(const QString& format, ExportJob& job, QWidget* parent = nullptr);

    [[nodiscard]] const QString& format() const { return format_; }
    /// Null: not known yet, and nothing can be chosen. @param dtype wanted, if the offer has it.
    void setOffer(const ExportOffers::Offer* offer, const QString& dtype);
    void setSubject(const Subject& subject) { subject_ = subject; }
    void setChosen(bool isChosen);
    [[nodiscard]] bool isChosen() const; ///< And available.
    [[nodiscard]] QString dtype() const;
    [[nodiscard]] quint64 sizeBytes() const; ///< Of the weights, as chosen.
    void setLocked(bool isLocked);           ///< While the engine writes.

signals:
    void chosenChanged(); ///< By the user: whether, or how exact.

private:
    [[nodiscard]] QWidget* makeHead();
    [[nodiscard]] QWidget* makeNote();
    [[nodiscard]] QWidget* makeProgress();
    void refresh();
    void refreshEnabled();
    void refreshPill();
    void refreshNote();
    void showProgress();
    void showResult();

    QString format_;
    ExportWords words_;
    ExportJob& job_;
    Subject subject_;
    ExportOffers::Offer offer_;
    bool isLocked_ = false;
    Card* card_;
    QCheckBox* check_;
    Pill* pill_;
    QComboBox* dtype_;
    QWidget* note_ = nullptr; ///< Not available, or failed: why, and what to do.
    IconLabel* noteIcon_;
    QLabel* noteTitle_;
    QLabel* noteText_;
    QWidget* progressBox_ = nullptr;
    QLabel* progress_;
    ExportResult* result_ = nullptr; ///< Null until there is one.
};

} // namespace lyceum::ui
