using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>The record as state of a run: copies within a process, and files.</content>
internal sealed partial class TrajectoryRecorder
{
    private const int LeastPiece = 32;

    /// <summary>Puts the record into an archive, or takes it from there.</summary>
    public void Exchange(StateArchive archive)
    {
        archive.ExchangeLength(StateCount);
        archive.ExchangeLength(DataCount);
        archive.ExchangeLength(Degree);
        archive.Exchange(_pieces, ExchangePiece, LeastPiece);
        archive.Exchange(_times);
        archive.Exchange(_sizes);
        archive.Exchange(_coefficients);
        archive.Exchange(_values);
        ExchangeData(archive);
        Jumps.Exchange(archive);
        Log.Exchange(archive);
        if (archive.IsReading)
        {
            Check();
        }
    }

    // Files hold the block of each piece; within a process blocks that pieces share stay shared.
    private void ExchangeData(StateArchive archive)
    {
        if (archive.SharesObjects)
        {
            archive.Exchange(_dataAt, static (StateArchive part, ref int block) => part.Exchange(ref block), sizeof(int));
            archive.Exchange(_data);
            return;
        }

        List<double> all = [];
        for (int i = 0; !archive.IsReading && i < _pieces.Count; i++)
        {
            all.AddRange(DataOf(i));
        }

        archive.Exchange(all);
        if (!archive.IsReading)
        {
            return;
        }

        if (all.Count != (long)_pieces.Count * DataCount)
        {
            throw StateArchive.Damage("the pieces of the record do not fit together");
        }

        _data.Clear();
        _dataAt.Clear();
        for (int i = 0; i < _pieces.Count; i++)
        {
            AddData(CollectionsMarshal.AsSpan(all).Slice(i * DataCount, DataCount));
        }
    }

    /// <summary>A copy that shares nothing mutable.</summary>
    public TrajectoryRecorder Clone()
    {
        var archive = StateArchive.Writer(shares: true);
        Exchange(archive);
        var copy = new TrajectoryRecorder(StateCount, DataCount, Degree);
        copy.Exchange(archive.ToReader());
        return copy;
    }

    private static void ExchangePiece(StateArchive archive, ref Piece piece) => piece = new(
        archive.Exchange(piece.Start),
        archive.Exchange(piece.End),
        archive.Exchange(piece.JumpIndex),
        archive.Exchange(piece.Mode),
        archive.Exchange(piece.FirstStep),
        archive.Exchange(piece.StepCount));

    /// <summary>Gives the modes of all pieces other numbers.</summary>
    public void RenumberModes(Func<int, int> numberOf)
    {
        foreach (ref Piece piece in CollectionsMarshal.AsSpan(_pieces))
        {
            piece = piece with { Mode = numberOf(piece.Mode) };
        }
    }

    // What comes from a file must fit together before anything is read at a place that it names.
    private void Check()
    {
        int steps = _times.Count;
        bool fits = _pieces.Count > 0 && _sizes.Count == steps &&
            _coefficients.Count == (long)steps * StateCount * (Degree + 1) &&
            _values.Count == 2L * _pieces.Count * StateCount && _dataAt.Count == _pieces.Count;
        int next = 0;
        for (int i = 0; fits && i < _pieces.Count; i++)
        {
            Piece piece = _pieces[i];
            bool open = i == _pieces.Count - 1;
            fits = piece.FirstStep == next && piece.StepCount >= 0 && piece.StepCount <= steps - next &&
                (open || piece.StepCount + next == _pieces[i + 1].FirstStep) && piece.Mode >= 0;
            next += piece.StepCount;
        }

        if (!fits)
        {
            throw StateArchive.Damage("the pieces of the record do not fit together");
        }
    }
}
