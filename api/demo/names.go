package demo

import "math/rand/v2"

var courseList = [courses]struct{ code, name string }{
	{"MCA-301", "Database Management Systems"},
	{"MCA-302", "Operating Systems"},
	{"MCA-303", "Computer Networks"},
	{"MCA-304", "Software Engineering"},
	{"MCA-305", "Design of Algorithms"},
	{"MCA-306", "Compiler Design"},
	{"MCA-307", "Machine Learning"},
	{"MCA-308", "Web Technologies"},
	{"MCA-309", "Information Security"},
	{"MCA-310", "Cloud Computing"},
	{"MAT-201", "Discrete Mathematics"},
	{"MAT-202", "Linear Algebra"},
	{"MAT-203", "Probability and Statistics"},
	{"MAT-204", "Numerical Methods"},
	{"PHY-210", "Applied Physics"},
	{"ELE-220", "Digital Electronics"},
	{"MGT-105", "Principles of Management"},
	{"ENG-101", "Technical Communication"},
	{"ECO-110", "Managerial Economics"},
	{"ENV-100", "Environmental Studies"},
}

var teacherNames = [teachers]string{
	"Meera Iyer", "Rajat Khanna", "Fatima Sheikh", "Suresh Menon", "Anjali Deshpande", "Thomas D'Cruz", "Harleen Gill", "Bipin Chatterjee",
}

var given = []string{
	"Aarav", "Aditi", "Arjun", "Bhavya", "Chaitanya", "Deepika", "Devansh", "Diya", "Esha", "Farhan", "Gauri", "Harpreet",
	"Himanshu", "Ishaan", "Ishita", "Jasleen", "Jayashree", "Kabir", "Karthik", "Kavya", "Kiran", "Lakshya", "Leela", "Lobsang",
	"Madhav", "Manvi", "Meher", "Mohammed", "Naina", "Neha", "Nikhil", "Omkar", "Pallavi", "Pranav", "Priyanka", "Rahul",
	"Ritika", "Rohan", "Saanvi", "Sahil", "Sana", "Shreya", "Siddharth", "Simran", "Sneha", "Tanmay", "Tanvi", "Tenzin",
	"Uday", "Urvashi", "Varun", "Vidya", "Yashwant", "Zoya",
}

var family = []string{
	"Agarwal", "Acharya", "Bala", "Bansal", "Bhattacharya", "Borkar", "Chaturvedi", "Chaudhary", "D'Souza", "Dolma", "Gill",
	"Gokhale", "Gowda", "Hegde", "Jadhav", "Joshi", "Kamat", "Kaur", "Kazmi", "Kulkarni", "Kurian", "Lohar", "Mahajan",
	"Meena", "Menon", "Mirza", "Mukherjee", "Nambiar", "Negi", "Oraon", "Phadke", "Pillai", "Qureshi", "Rao", "Rathore",
	"Reddy", "Rizwan", "Sandhu", "Saxena", "Sengupta", "Shinde", "Siddiqui", "Sundaresan", "Thapa", "Tirkey", "Trivedi",
	"Varghese", "Venkataraghavan", "Wadia", "Wangmo", "Wani",
}

// A register shows the name its owner writes, in the owner's script.
var ownScript = []string{"अनन्या देशमुख", "கவின் முருகன்", "অর্পিতা সেন", "रुद्र प्रताप सिंह", "زینب انصاری", "ಅನನ್ಯಾ ಹೆಗ್ಡೆ"}

func studentName(chance *rand.Rand, n int) string {
	if n%17 == 2 {
		return ownScript[n/17%len(ownScript)]
	}
	return given[chance.IntN(len(given))] + " " + family[chance.IntN(len(family))]
}
