using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.Intrinsics;
using HybridControl.Ensembles.Machine;

namespace HybridControl.Ensembles.Lanes;

/// <summary>The register block of a group of lanes, and the traffic between it and blocks of trajectories. Not thread-safe.</summary>
internal sealed unsafe class LaneRegisters : IDisposable
{
    private readonly LaneMachine _machine;
    private readonly AlignedBuffer _registers;
    private readonly AlignedBuffer _maskBuffer;
    private readonly int _lanes;

    public LaneRegisters(LaneMachine machine)
    {
        _machine = machine;
        _lanes = machine.Lanes;
        _registers = new AlignedBuffer(machine.Entries);
        _maskBuffer = new AlignedBuffer(_lanes);
    }

    /// <summary>Register r of lane l is entry r * L + l.</summary>
    public double* First => _registers.First;

    /// <summary>One entry for each lane.</summary>
    public long* Mask => (long*)_maskBuffer.First;

    /// <summary>The lanes whose next program is this one, as bits.</summary>
    public uint Wanting(int program)
    {
        if (_lanes == 1)
        {
            return *First == program ? 1u : 0u;
        }

        uint bits = 0;
        var wanted = Vector256.Create((double)program);
        for (int k = 0; k < _lanes; k += Vector256<double>.Count)
        {
            bits |= Vector256.Equals(Vector256.Load(First + k), wanted).ExtractMostSignificantBits() << k;
        }

        return bits;
    }

    /// <summary>The lanes whose trajectory has ended, as bits.</summary>
    public uint Ended()
    {
        if (_lanes == 1)
        {
            return *First < 0.0 ? 1u : 0u;
        }

        uint bits = 0;
        for (int k = 0; k < _lanes; k += Vector256<double>.Count)
        {
            bits |= Vector256.LessThan(Vector256.Load(First + k), Vector256<double>.Zero).ExtractMostSignificantBits() << k;
        }

        return bits;
    }

    /// <summary>Lets the given lanes take part.</summary>
    public void SetMask(uint bits)
    {
        if (_lanes == 1)
        {
            *Mask = -(long)(bits & 1u);
            return;
        }

        var places = Vector256.Create(1L, 2L, 4L, 8L);
        for (int k = 0; k < _lanes; k += Vector256<long>.Count)
        {
            Vector256.Store(Vector256.Equals(Vector256.Create((long)(bits >> k)) & places, places), Mask + k);
        }
    }

    /// <summary>Sets every register of the given lanes to what it holds before the first program.</summary>
    public void Initialize(uint bits)
    {
        double* row = First;
        if (_lanes == 1)
        {
            _machine.Initial.AsSpan().CopyTo(new Span<double>(row, _machine.Initial.Length));
            *row = 0.0;
            return;
        }

        SetMask(bits);
        foreach (double value in _machine.Initial)
        {
            var initial = Vector256.Create(value);
            for (int k = 0; k < _lanes; k += Vector256<double>.Count)
            {
                Vector256<double> mask = Vector256.Load(Mask + k).AsDouble();
                Vector256.Store(Vector256.ConditionalSelect(mask, initial, Vector256.Load(row + k)), row + k);
            }

            row += _lanes;
        }

        for (uint rest = bits; rest != 0; rest &= rest - 1)
        {
            First[BitOperations.TrailingZeroCount(rest)] = 0.0;
        }
    }

    /// <summary>Writes the sample of a trajectory to the registers that vary.</summary>
    public void WriteSample(int lane, EnsembleBlock block, int index)
    {
        ImmutableArray<int> varied = _machine.Machine.Varied;
        for (int v = 0; v < varied.Length; v++)
        {
            First[(varied[v] * _lanes) + lane] = block.Samples[(v * block.Count) + index];
        }
    }

    /// <summary>Writes the scalar columns of a trajectory that has ended.</summary>
    public void ReadResults(int lane, EnsembleBlock block, int index)
    {
        ImmutableArray<int> results = _machine.Machine.Results;
        for (int c = 0; c < results.Length; c++)
        {
            block.Scalars[(c * block.Count) + index] = First[(results[c] * _lanes) + lane];
        }
    }

    /// <summary>Fetches the draws that a program needs.</summary>
    public void Load(int program, int lane, ITrajectoryFeed feed, long trajectory)
    {
        foreach (MachineLoad load in _machine.Loads[program])
        {
            long draw = (long)First[(load.IndexRegister * _lanes) + lane];
            First[(load.Target * _lanes) + lane] = feed.Noise(load.Noise, trajectory, draw);
        }
    }

    /// <summary>Writes what a program has computed for the tables of its trajectory.</summary>
    public void Store(int program, int lane, EnsembleBlock block, int index)
    {
        foreach (LaneMachine.Store store in _machine.Stores[program])
        {
            double entry = First[(store.Index * _lanes) + lane];
            if (!(entry >= 0.0 && entry < store.Length))
            {
                continue;
            }

            double[] table = store.Table switch
            {
                LaneTable.Grid => block.Grid,
                LaneTable.EventTimes => block.EventTimes,
                _ => block.EventTransitions,
            };
            table[((int)entry * block.Count) + index] = First[(store.Value * _lanes) + lane];
        }
    }

    /// <summary>Copies the registers of a lane to a row of their own.</summary>
    public void Save(int lane, double* row)
    {
        double* entry = First + lane;
        for (int r = 0; r < _machine.Initial.Length; r++)
        {
            row[r] = *entry;
            entry += _lanes;
        }
    }

    /// <summary>Copies a row to the registers of a lane.</summary>
    public void Restore(int lane, double* row)
    {
        double* entry = First + lane;
        for (int r = 0; r < _machine.Initial.Length; r++)
        {
            *entry = row[r];
            entry += _lanes;
        }
    }

    /// <summary>Exchanges the registers of a lane with a row.</summary>
    public void Exchange(int lane, double* row)
    {
        double* entry = First + lane;
        for (int r = 0; r < _machine.Initial.Length; r++)
        {
            (row[r], *entry) = (*entry, row[r]);
            entry += _lanes;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registers.Dispose();
        _maskBuffer.Dispose();
    }
}
