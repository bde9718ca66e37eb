using CsCheck;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class PatientSplitterTests
{
    private static readonly Gen<(string Patient, ImageLabel Label)[]> Films =
        Gen.Select(Gen.Int[0, 60], Gen.Enum<ImageLabel>(), (patient, label) => ($"p{patient}", label)).Array[1, 300];

    [Fact]
    public void Assign_any_films_no_patient_is_in_two_splits() =>
        Gen.Select(Films, Gen.Int).Sample((films, seed) =>
        {
            var splits = PatientSplitter.Assign(films, new SplitRule { Seed = seed });
            return films.Zip(splits).GroupBy(pair => pair.First.Patient).All(patient => patient.Select(pair => pair.Second).Distinct().Count() == 1);
        });

    [Fact]
    public void Assign_films_in_another_order_splits_each_patient_alike() =>
        Gen.Select(Films, Gen.Int).Sample((films, seed) =>
        {
            var rule = new SplitRule { Seed = seed };
            var reversed = films.Reverse().ToArray();
            return PatientSplitter.Assign(films, rule).SequenceEqual(PatientSplitter.Assign(reversed, rule).Reverse());
        });

    [Fact]
    public void Assign_patients_of_one_class_and_at_most_half_a_percent_of_it_keeps_each_class_within_one_percentage_point() =>
        Gen.Select(Gen.Int[1, 4].Array[1_050, 1_500], Gen.Int, Gen.Double[0.05, 0.9], Gen.Double[0.1, 0.9]).Sample(
            (sizes, seed, train, rest) =>
            {
                var films = sizes.SelectMany((size, patient) => Enumerable.Repeat(($"p{patient}", (ImageLabel)(patient % 3)), size)).ToArray();
                // Halving a class of few films would leave patients that are more than 0.5 % of it.
                if (films.CountBy(film => film.Item2).Any(count => count.Value < 800)) return true;
                var rule = new SplitRule { Seed = seed, Train = train, Validation = (1 - train) * rest, Test = 1 - train - (1 - train) * rest };
                return IsStratified(films, PatientSplitter.Assign(films, rule), rule);
            },
            iter: 100);

    [Fact]
    public void Assign_many_small_patients_with_films_of_any_class_keeps_each_class_within_one_percentage_point() =>
        Gen.Select(Gen.Enum<ImageLabel>().Array[1, 4].Array[1_000], Gen.Int).Sample(
            (patients, seed) =>
            {
                var films = patients.SelectMany((labels, patient) => labels.Select(label => ($"p{patient}", label))).ToArray();
                var rule = new SplitRule { Seed = seed };
                return IsStratified(films, PatientSplitter.Assign(films, rule), rule);
            },
            iter: 50);

    [Fact]
    public void Assign_films_of_known_digest_gives_the_splits_that_stored_versions_have()
    {
        var random = new Random(5);
        var films = Enumerable.Range(0, 500).Select(_ => ($"p{random.Next(120)}", (ImageLabel)random.Next(3))).ToArray();
        var splits = PatientSplitter.Assign(films, new SplitRule { Seed = 3 });
        Assert.Equal("e7eec1e584809f9aca9c0a19e98fd94c275fb4975dd4760f85a21c062d869027", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. splits.Select(split => (byte)split)])));
    }

    [Fact]
    public void Assign_with_kept_splits_keeps_them_and_no_patient_is_in_two() =>
        Gen.Select(Films, Gen.Enum<Split>().Array[61], Gen.Int, Gen.Bool).Sample((films, settled, seed, testFrozen) =>
        {
            var kept = settled.Index().Where(patient => patient.Index % 2 == 0).ToDictionary(patient => $"p{patient.Index}", patient => patient.Item);
            var splits = PatientSplitter.Assign(films, new SplitRule { Seed = seed }, kept, testFrozen);
            var byPatient = films.Zip(splits).GroupBy(pair => pair.First.Patient, pair => pair.Second).ToDictionary(group => group.Key, group => group.Distinct().Single());
            return byPatient.All(patient => kept.TryGetValue(patient.Key, out var split) ? patient.Value == split : !testFrozen || patient.Value != Split.Test);
        });

    [Fact]
    public void Assign_new_patients_beside_kept_ones_brings_all_films_to_the_shares() =>
        Gen.Select(Gen.Int[1, 4].Array[900], Gen.Int).Sample(
            (sizes, seed) =>
            {
                var films = sizes.SelectMany((size, patient) => Enumerable.Repeat(($"p{patient}", (ImageLabel)(patient % 3)), size)).ToArray();
                var rule = new SplitRule { Seed = seed };
                var kept = films.Where((film, i) => film.Item1.EndsWith('7')).Select(film => film.Item1).Distinct().ToDictionary(patient => patient, _ => Split.Train);
                return IsStratified(films, PatientSplitter.Assign(films, rule, kept), rule);
            },
            iter: 30);

    [Fact]
    public void Assign_with_a_frozen_test_set_divides_the_others_as_train_to_validation()
    {
        var films = Enumerable.Range(0, 900).Select(patient => ($"p{patient}", (ImageLabel)(patient % 3))).ToArray();
        var kept = Enumerable.Range(0, 30).ToDictionary(patient => $"p{patient}", _ => Split.Test);

        var splits = PatientSplitter.Assign(films, new SplitRule { Train = 0.6, Validation = 0.2, Test = 0.2 }, kept, testFrozen: true);

        Assert.Equal(30, splits.Count(split => split == Split.Test));
        Assert.InRange(splits.Count(split => split == Split.Validation), 870 / 4 - 3, 870 / 4 + 3);
    }

    [Fact]
    public void Assign_another_seed_gives_another_split()
    {
        var films = Enumerable.Range(0, 100).Select(patient => ($"p{patient}", ImageLabel.Virus)).ToArray();
        Assert.NotEqual(PatientSplitter.Assign(films, new SplitRule { Seed = 1 }), PatientSplitter.Assign(films, new SplitRule { Seed = 2 }));
    }

    private static bool IsStratified((string, ImageLabel Label)[] films, Split[] splits, SplitRule rule) =>
        ImageLabels.All.All(label => Near(films, splits, label, Split.Train, rule.Train)
            && Near(films, splits, label, Split.Validation, rule.Validation) && Near(films, splits, label, Split.Test, rule.Test));

    private static bool Near((string, ImageLabel Label)[] films, Split[] splits, ImageLabel label, Split split, double share)
    {
        var ofClass = films.Zip(splits).Where(pair => pair.First.Label == label).Select(pair => pair.Second).ToArray();
        return Math.Abs(ofClass.Count(s => s == split) / (double)ofClass.Length - share) <= 0.01;
    }
}
