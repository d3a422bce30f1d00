using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>Small lists on their way to a device. What is there already is not sent again: the layers of a stack ask for the same.</summary>
internal sealed class Mailbox<T>(DeviceMemory memory, AcceleratorStream stream) : IDisposable
    where T : unmanaged, IEquatable<T>
{
    private readonly Scratch<T> _target = new(memory);
    private readonly AcceleratorStream _stream = stream;
    private T[] _sent = [];
    private int _count;

    /// <summary>Sends values.</summary>
    public ArrayView<T> Send(ReadOnlySpan<T> values)
    {
        ArrayView<T> view = _target.Of(Math.Max(1, values.Length));
        if (!values.SequenceEqual(_sent.AsSpan(0, _count)))
        {
            if (_sent.Length < values.Length)
            {
                _sent = new T[values.Length];
            }

            values.CopyTo(_sent);
            _count = values.Length;
            HostCopy.To(_stream, view.SubView(0, _count), values);
        }

        return view;
    }

    public void Dispose() => _target.Dispose();
}
