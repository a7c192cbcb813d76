#include "ui/models/export_job.h"
#include "ui/models/model_server.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lyceum::ui;
using namespace Qt::StringLiterals;

namespace {

/// A shell script in the place of lyceum-engine.
QString makeEngine(const QTemporaryDir& folder, const QByteArray& body)
{
    const QString path = folder.filePath(u"engine"_s);
    QFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write("#!/bin/sh\n" + body);
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

} // namespace

class TestEngineProcesses : public QObject {
    Q_OBJECT

private slots:
    void theServerIsReadyWhenItSaysWhere()
    {
        QTemporaryDir folder;
        ModelServer server(
            makeEngine(folder, "echo '{\"url\":\"http://127.0.0.1:4123\"}'\nexec sleep 60\n"),
            folder.path());
        server.load(u"tiny"_s);
        QCOMPARE(server.state(), ModelServer::State::Loading);
        QTRY_COMPARE(server.state(), ModelServer::State::Ready);
        QCOMPARE(server.url().port(), 4123);
    }

    void aModelThatCannotBeLoadedIsExplainedByTheEngine()
    {
        QTemporaryDir folder;
        ModelServer server(makeEngine(folder,
                                      "echo 'reading' >&2\n"
                                      "echo '{\"error\":{\"message\":\"No model "
                                      "tiny.\",\"hint\":\"Did you mean tony?\"}}'\nexit 1\n"),
                           folder.path());
        server.load(u"tiny"_s);
        QTRY_COMPARE(server.state(), ModelServer::State::Failed);
        QCOMPARE(server.message(), u"No model tiny."_s);
        QCOMPARE(server.hint(), u"Did you mean tony?"_s);
        QVERIFY(server.log().contains(u"reading"_s));
    }

    void anEngineThatGoesAwayIsSaidAtOnce()
    {
        QTemporaryDir folder;
        ModelServer server(
            makeEngine(folder,
                       "echo '{\"url\":\"http://127.0.0.1:4123\"}'\nsleep 0.2\nkill -9 $$\n"),
            folder.path());
        server.load(u"tiny"_s);
        QTRY_COMPARE(server.state(), ModelServer::State::Failed);
        QVERIFY(server.message().contains(u"tiny"_s));
        QVERIFY(!server.url().isValid() || server.url().isEmpty());
    }

    void aMissingEngineIsNamed()
    {
        QTemporaryDir folder;
        ModelServer server(folder.filePath(u"no-engine"_s), folder.path());
        server.load(u"tiny"_s);
        QTRY_COMPARE(server.state(), ModelServer::State::Failed);
        QVERIFY(server.message().contains(u"no-engine"_s));
    }

    void anExportTellsItsFilesAndItsProof()
    {
        QTemporaryDir folder;
        ExportJob job(
            makeEngine(
                folder,
                "echo 'writing 1 of 2' >&2\nmkdir -p \"$8\"\necho x > \"$8/config.json\"\n"
                "echo "
                "'{\"files\":[\"config.json\"],\"verified\":true,\"max_difference\":0.00002}'\n"),
            folder.path());
        job.start(u"run@40"_s, folder.filePath(u"out"_s));
        QTRY_COMPARE(job.state(), ExportJob::State::Done);
        QVERIFY(job.outcome().verified);
        QCOMPARE(job.outcome().maxDifference.value(), 0.00002);
        QCOMPARE(job.outcome().files.size(), 1);
        QCOMPARE(job.outcome().files.first().size, 2);
        QCOMPARE(job.progress(), u"writing 1 of 2"_s);
    }

    void aFailedExportSaysWhyAndACancelledOneDoesNot()
    {
        QTemporaryDir folder;
        ExportJob failing(makeEngine(folder, "echo '{\"error\":{\"message\":\"The disk is "
                                             "full.\",\"hint\":\"Free 300 MiB.\"}}'\nexit 1\n"),
                          folder.path());
        failing.start(u"run"_s, folder.filePath(u"out"_s));
        QTRY_COMPARE(failing.state(), ExportJob::State::Failed);
        QCOMPARE(failing.message(), u"The disk is full."_s);

        ExportJob slow(makeEngine(folder, "exec sleep 60\n"), folder.path());
        slow.start(u"run"_s, folder.filePath(u"out"_s));
        slow.cancel();
        QTRY_COMPARE(slow.state(), ExportJob::State::Cancelled);
        QVERIFY(slow.message().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestEngineProcesses)
#include "tst_engine_processes.moc"
