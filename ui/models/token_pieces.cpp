#include "ui/models/token_pieces.h"

#include "ui/models/convert.h"

#include <QStringDecoder>

namespace lyceum::ui {

using namespace Qt::StringLiterals;

namespace {

/// UTF-8 as text; where it is none, each byte by its number.
QString shownText(const std::string& bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::Stateless);
    const QString text =
        decoder(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    if (!decoder.hasError())
        return text;
    QString numbers;
    for (const char byte : bytes)
        numbers += u"\\x"_s +
                   QString::number(static_cast<uchar>(byte), 16).rightJustified(2, u'0').toUpper();
    return numbers;
}

} // namespace

std::vector<TokenPiece> tokenPieces(const text::Tokenizer& tokenizer, const QString& text)
{
    std::vector<TokenPiece> pieces;
    for (const auto id : tokenizer.encode(text.toStdString()))
        pieces.push_back({.id = id,
                          .text = shownText(tokenizer.token_bytes(id)),
                          .isSpecial = tokenizer.is_special(id)});
    return pieces;
}

} // namespace lyceum::ui
