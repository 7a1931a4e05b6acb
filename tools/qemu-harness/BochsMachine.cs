using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>A machine in Bochs 2.7. Its own log tells its end.</summary>
internal sealed class BochsMachine : EmulatedMachine
{
    private readonly BochsLog _log = new();

    internal BochsMachine(Action<string>? output)
        : base(output)
    {
    }

    /// <inheritdoc/>
    public override Task SaveScreenAsync(string path) => throw new HarnessException("Bochs gives no picture of its screen: use QEMU for that");

    private protected override string Program => BochsConfiguration.Emulator;

    private protected override Socket ListenForSerial()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(1);
        return socket;
    }

    private protected override IReadOnlyList<string> Prepare(MachineOptions options, Socket serialListener)
    {
        string configuration = BochsConfiguration.Build(options, WorkingDirectory, ((IPEndPoint)serialListener.LocalEndPoint!).Port);
        File.WriteAllText(Path.Combine(WorkingDirectory, BochsConfiguration.File), configuration);
        File.WriteAllText(Path.Combine(WorkingDirectory, BochsConfiguration.DebuggerFile), "c\n");
        return ["-q", "-f", BochsConfiguration.File, "-rc", BochsConfiguration.DebuggerFile, .. options.EmulatorArguments];
    }

    private protected override bool IsError(string line)
    {
        bool wasReset = _log.WasReset;
        bool isComplaint = _log.Take(line);
        if (_log.WasReset && !wasReset)
            Kill();
        return isComplaint;
    }

    private protected override Task<MachineEnd> JudgeAsync()
    {
        DebugExitValue = _log.DebugExitValue;
        return Task.FromResult(_log.End);
    }
}
