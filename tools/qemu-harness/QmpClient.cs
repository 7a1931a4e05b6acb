using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>QEMU's machine protocol (docs/interop/qmp-spec.txt): a line of JSON for each command, answer and event.</summary>
internal sealed class QmpClient : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly StreamWriter _writer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentQueue<TaskCompletionSource<JsonNode>> _waiting = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal QmpClient(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _writer = new StreamWriter(_stream) { AutoFlush = true, NewLine = "\n" };
        _ = ReadAsync();
    }

    /// <summary>Why the machine shut down, as QEMU says it ("guest-shutdown", "guest-reset" …); null if it did not.</summary>
    internal string? ShutdownReason { get; private set; }

    /// <summary>Ends when QEMU has closed the connection, all its events having been read.</summary>
    internal Task Closed => _closed.Task;

    /// <summary>Leaves the protocol's negotiation, after which commands are taken.</summary>
    internal Task NegotiateAsync() => ExecuteAsync("qmp_capabilities");

    /// <exception cref="HarnessException">QEMU refused the command or has ended.</exception>
    internal async Task<JsonNode> ExecuteAsync(string command, JsonObject? arguments = null)
    {
        var request = new JsonObject { ["execute"] = command };
        if (arguments is not null)
            request["arguments"] = arguments;
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _turn.WaitAsync();
        try
        {
            _waiting.Enqueue(answer);
            await _writer.WriteLineAsync(request.ToJsonString());
        }
        catch (IOException exception)
        {
            throw new HarnessException($"the emulator does not take '{command}': {exception.Message}");
        }
        finally
        {
            _turn.Release();
        }

        await Task.WhenAny(answer.Task, Closed);
        JsonNode? result = answer.Task.IsCompletedSuccessfully ? answer.Task.Result : null;
        return result?["return"] ?? throw new HarnessException(
            $"the emulator refused '{command}': {result?["error"]?["desc"]?.ToString() ?? "it has ended"}");
    }

    public void Dispose()
    {
        _stream.Dispose();
        _turn.Dispose();
    }

    private async Task ReadAsync()
    {
        using var reader = new StreamReader(_stream, leaveOpen: true);
        try
        {
            while (await reader.ReadLineAsync() is { } line)
                Take(JsonNode.Parse(line)!);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or JsonException)
        {
            // The emulator has ended, or was ended, in the middle of a line.
        }

        _closed.SetResult();
    }

    private void Take(JsonNode message)
    {
        if (message["event"] is { } name)
        {
            if (name.ToString() == "SHUTDOWN")
                ShutdownReason = message["data"]!["reason"]!.ToString();
        }
        else if (message["QMP"] is null && _waiting.TryDequeue(out TaskCompletionSource<JsonNode>? answer))
        {
            answer.SetResult(message);
        }
    }
}
