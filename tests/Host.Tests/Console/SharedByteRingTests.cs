using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.Host.Tests;

public class SharedByteRingTests
{
    private const int Bytes = 4_000_000;
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SharedByteRing _ring = new(8);

    [Fact]
    public void It_gives_what_it_took_across_its_end()
    {
        _ring.TryWrite([1, 2, 3, 4, 5, 6]).Should().BeTrue();
        _ring.TryWrite([7, 8, 9]).Should().BeFalse("only two fit, and it is all or nothing");
        var some = new byte[3];
        _ring.Read(some).Should().Be(3);
        some.Should().Equal(1, 2, 3);
        _ring.TryWrite([7, 8, 9]).Should().BeTrue();
        _ring.TryWrite(10).Should().BeTrue();
        _ring.Waiting(8).ToArray().Should().Equal([4, 5, 6, 7, 8], "so far they stand together");
        _ring.Waiting(2).ToArray().Should().Equal(4, 5);
        var rest = new byte[20];
        _ring.Read(rest).Should().Be(7);
        rest.AsSpan(0, 7).ToArray().Should().Equal(4, 5, 6, 7, 8, 9, 10);
        _ring.TryPeek(out _).Should().BeFalse();
        _ring.Waiting(8).IsEmpty.Should().BeTrue();
        _ring.HasNews.Should().BeFalse("what was refused is offered again: it is no loss");
    }

    [Fact]
    public void What_finds_no_room_is_counted_once()
    {
        _ring.WriteOrLose([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        _ring.Room.Should().Be(0);
        _ring.TryWrite(11).Should().BeFalse();
        _ring.Lose(1);
        _ring.TakeLost().Should().Be(3);
        _ring.TakeLost().Should().Be(0);
        _ring.Clear();
        _ring.HasNews.Should().BeFalse();
        _ring.WriteOrLose(new byte[9]);
        _ring.Clear();
        _ring.HasNews.Should().BeTrue("a loss is told also when nothing waits");
        _ring.TakeLost().Should().Be(1);
        _ring.HasNews.Should().BeFalse();
    }

    /// <summary>The writer waits for room: all arrives, in order, and each piece that was written whole is seen whole.</summary>
    [Fact]
    public async Task From_two_threads_all_arrives_in_order()
    {
        var ring = new SharedByteRing(256);
        var writer = OnThread(clock =>
        {
            var random = new Random(1);
            var piece = new byte[MostAtOnce];
            for (int sent = 0; sent < Bytes;)
            {
                // A length, and so many bytes that go on where the last ended.
                int length = Math.Min(random.Next(1, MostAtOnce - 1), Bytes - sent);
                piece[0] = (byte)length;
                for (int i = 1; i <= length; i++)
                    piece[i] = ByteAt(sent++);
                while (!ring.TryWrite(piece.AsSpan(0, length + 1)))
                    clock.Check();
            }
        });
        bool isWhole = true, isInOrder = true;
        var reader = OnThread(clock =>
        {
            var piece = new byte[MostAtOnce];
            for (int received = 0; received < Bytes;)
            {
                byte length;
                while (!ring.TryPeek(out length))
                    clock.Check();
                ring.Skip(1);
                isWhole &= ring.Read(piece.AsSpan(0, length)) == length;
                for (int i = 0; i < length; i++)
                    isInOrder &= piece[i] == ByteAt(received++);
            }
        });
        await Task.WhenAll(writer, reader);
        isWhole.Should().BeTrue();
        isInOrder.Should().BeTrue();
        ring.HasNews.Should().BeFalse();
    }

    /// <summary>The writer waits for nothing: what arrives is what was written less what is counted, and still in order.</summary>
    [Fact]
    public async Task From_two_threads_losses_are_exact()
    {
        var ring = new SharedByteRing(256);
        bool isDone = false;
        var writer = OnThread(clock =>
        {
            var random = new Random(2);
            Span<byte> piece = stackalloc byte[MostAtOnce];
            for (int sent = 0; sent < Bytes;)
            {
                int length = Math.Min(random.Next(1, MostAtOnce), Bytes - sent);
                for (int i = 0; i < length; i++)
                    piece[i] = ByteAt(sent++);
                ring.WriteOrLose(piece[..length]);
                clock.Check();
            }

            Volatile.Write(ref isDone, true);
        });
        ulong received = 0, lost = 0;
        var reader = OnThread(clock =>
        {
            while (true)
            {
                bool wasDone = Volatile.Read(ref isDone);
                int count = ring.Waiting(64).Length;
                ring.Skip(count);
                received += (ulong)count;
                lost += ring.TakeLost();
                if (wasDone && !ring.HasNews)
                    return;
                clock.Check();
            }
        });
        await Task.WhenAll(writer, reader);
        (received + lost).Should().Be(Bytes);
        received.Should().BePositive();
    }

    private static byte ByteAt(int position) => (byte)(position ^ (position >> 8) ^ (position >> 16));

    private static Task OnThread(Action<Patient> action) =>
        Task.Factory.StartNew(() => action(new Patient()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends a test that would never end.</summary>
    private sealed class Patient
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        public void Check()
        {
            if (_clock.Elapsed > Patience)
                throw new TimeoutException("the other side has stopped");
        }
    }
}
