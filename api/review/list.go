package review

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type listRequestsInput struct{ RequestList }

type adminListInput struct {
	RequestList
	StudentID attendance.ID `query:"student_id" format:"uuid" doc:"Of one student."`
}

func (d Deps) listing(api huma.API) {
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "list-my-requests", Method: http.MethodGet, Path: "/api/student/requests", Summary: "List my leaves and disputes",
	}), d.listMine)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "list-course-requests", Method: http.MethodGet, Path: "/api/teacher/requests",
		Summary: "List requests about my courses, my own corrections among them",
	}), d.listCourses)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-requests", Method: http.MethodGet, Path: "/api/admin/requests", Summary: "List requests",
	}), d.listAll)
	missing := []int{http.StatusNotFound}
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "get-my-request", Method: http.MethodGet, Path: "/api/student/requests/{id}", Summary: "See what became of a request", Errors: missing,
	}), d.get)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-course-request", Method: http.MethodGet, Path: "/api/teacher/requests/{id}", Summary: "See a request and its classes", Errors: missing,
	}), d.get)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "get-request", Method: http.MethodGet, Path: "/api/admin/requests/{id}", Summary: "See a request and its classes", Errors: missing,
	}), d.get)
	gone := []int{http.StatusNotFound, http.StatusConflict}
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "withdraw-my-request", Method: http.MethodDelete, Path: "/api/student/requests/{id}", Summary: "Withdraw an open request", Errors: gone,
	}), d.withdraw)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "withdraw-correction", Method: http.MethodDelete, Path: "/api/teacher/requests/{id}", Summary: "Withdraw an open correction", Errors: gone,
	}), d.withdraw)
}

func (d Deps) listMine(ctx context.Context, in *listRequestsInput) (*requestsOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Student = auth.From(ctx).ID
	return d.page(ctx, in.RequestList, f)
}

func (d Deps) listCourses(ctx context.Context, in *listRequestsInput) (*requestsOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Courses = []attendance.ID{}
	err = d.Requests.InReview(ctx, func(ctx context.Context, tx attendance.Reviews) error {
		mine, err := tx.CoursesOf(ctx, auth.From(ctx).ID)
		f.Courses = f.Courses[:0]
		for _, c := range mine {
			f.Courses = append(f.Courses, c.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.page(ctx, in.RequestList, f)
}

func (d Deps) listAll(ctx context.Context, in *adminListInput) (*requestsOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	f.Student = in.StudentID
	return d.page(ctx, in.RequestList, f)
}

// get shows a request to whom it concerns; to others it is not there.
func (d Deps) get(ctx context.Context, in *RequestPath) (*requestOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx attendance.Reviews) (attendance.Request, error) {
		return attendance.Concerning(ctx, tx, auth.From(ctx).Actor, in.ID)
	})
}

func (d Deps) withdraw(ctx context.Context, in *RequestPath) (*requestOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx attendance.Reviews) (attendance.Request, error) {
		return d.Service.Withdraw(ctx, tx, auth.From(ctx).Actor, in.ID)
	})
}
